import * as z from 'zod/mini';
import { Secret } from '../../base/secret.ts';
import { safeUrl, secretText } from '../../channels/channel-type.ts';
import { urlProblem } from '../../http/address-guard.ts';

const FAIL = 'expected true (for the url with /fail after it), or an https:// address';

const settings = z.strictObject({
  url: secretText.check(z.describe('The URL to call, https://… Treated as a secret.')),
  fail: z
    .optional(z.union([z.literal(true), secretText], FAIL))
    .check(
      z.describe(
        'The URL to call instead while a project is out of sight or a channel is broken: true for the url with /fail appended (as for Healthchecks), or another URL. Default: none.',
      ),
    ),
  allowInsecure: z
    ._default(z.boolean({ error: 'expected true or false' }), false)
    .check(z.describe('Permits http:// and private or loopback addresses for the heartbeat.')),
});

/** The usual form, which is the address alone. */
const address = z.pipe(
  secretText,
  z.transform((url): z.output<typeof settings> => ({ url, allowInsecure: false })),
);

/** Checks the second address like the first. */
const safeFail = z.check<{ fail?: true | Secret | undefined; allowInsecure: boolean }>(
  ({ value, issues }) => {
    const { fail, allowInsecure } = value;
    const problem = fail instanceof Secret ? urlProblem(fail.reveal(), { allowInsecure }) : undefined;
    if (problem === undefined) return;
    issues.push({ code: 'custom', path: ['fail'], input: undefined, message: problem, continue: true });
  },
);

/** The addresses to call after each tick: one for a healthy tick, and one for any other. */
export const heartbeatSchema = z
  .union([address, settings], 'expected an https:// address, or settings with a url')
  .check(
    safeUrl,
    safeFail,
    z.describe(
      'Called (GET) after every healthy tick, for a monitoring service that alerts when the calls stop.',
    ),
  );

export type Heartbeat = z.output<typeof heartbeatSchema>;
