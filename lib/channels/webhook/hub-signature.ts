import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import { Secret } from '../../base/secret.ts';

/** Shorter ones can be found by trying them against one request that was seen. */
const SHORTEST = 16;
const HOW_TO_MAKE_ONE = 'make one with: openssl rand -hex 32';

/** The secret of receivers that check signatures as GitHub makes them. Its bytes are the key, so every one of them counts. */
export const hubSecret = z.pipe(
  z.string({ error: `expected one secret, a text; ${HOW_TO_MAKE_ONE}` }).check(
    z.check(({ value, issues }) => {
      const message = problemIn(value);
      if (message !== undefined) issues.push({ code: 'custom', input: undefined, message });
    }),
  ),
  z.transform((text: string) => new Secret(text)),
);

function problemIn(secret: string): string | undefined {
  if (secret !== secret.trim()) return 'has a blank or a line break at its end; remove it where it is kept';
  if (secret.length >= SHORTEST) return undefined;
  return `must have at least ${SHORTEST} characters; ${HOW_TO_MAKE_ONE}`;
}

/**
 * The header by which GitHub signs its webhooks ("Validating webhook deliveries"): HMAC-SHA256 over the body alone, in
 * hexadecimal. There is room for one signature only.
 *
 * @param body the very text that is sent
 */
export function hubHeaders(secret: Secret, body: string): Record<string, string> {
  return {
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`,
  };
}
