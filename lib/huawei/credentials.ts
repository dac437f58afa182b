import * as z from 'zod/mini';
import { Secret } from '../base/secret.ts';

/** Keys are sent in headers. A blank or line break that was copied along would only show as a refused signature. */
const KEY = /^[\x21-\x7e]+$/;

const key = z.pipe(
  z.string().check(
    z.refine((text) => text !== '', { error: 'is empty', abort: true }),
    z.refine(
      (text) => KEY.test(text),
      'contains a space, a line break or another character that keys never contain',
    ),
  ),
  z.transform((text: string) => new Secret(text)),
);

/** Permanent keys have no token; an unset variable arrives here as an empty text. */
const token = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) => text === '' || KEY.test(text),
        'contains a space or a line break, which tokens never contain',
      ),
    ),
  z.transform((text: string) => (text === '' ? undefined : new Secret(text))),
);

/** An access key as the configuration writes it. */
export const credentialsSchema = z
  .strictObject({ accessKey: key, secretKey: key, securityToken: z.optional(token) })
  .check(
    z.describe(
      'Default: the variables HUAWEICLOUD_SDK_AK, _SK and _SECURITY_TOKEN, else the same with CLOUD_SDK_, else HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN, else on FunctionGraph the keys of the agency.',
    ),
  );
