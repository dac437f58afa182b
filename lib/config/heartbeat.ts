import * as z from 'zod/mini';
import { safeUrl, secretText } from '../channels/plug.ts';

/** The usual form: the address alone. */
const address = z.pipe(
  secretText,
  z.transform((url) => ({ url, allowInsecure: false })),
);

const settings = z.strictObject({
  url: secretText.check(z.describe('What to call, https://… Treated as a secret.')),
  allowInsecure: z
    ._default(z.boolean({ error: 'expected true or false' }), false)
    .check(z.describe('Permits http:// and private or loopback addresses for the heartbeat.')),
});

/** An address that is called after every good tick. */
export const heartbeatSchema = z
  .union([address, settings], 'expected an https:// address, or settings with a url')
  .check(
    safeUrl,
    z.describe('Called (GET) after every good tick, for a service that says so when the calls stop.'),
  );

export type Heartbeat = z.output<typeof heartbeatSchema>;
