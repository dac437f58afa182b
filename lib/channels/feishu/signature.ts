import { createHmac } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

/** The fields of a signed request, beside those of its message. */
export interface Signature {
  readonly timestamp: string;
  readonly sign: string;
}

/**
 * The signature of one attempt: base64 of HMAC-SHA256 over nothing, key the time in seconds, a line break, and the secret.
 * Good for one hour ("Custom bot usage guide", signature verification).
 */
export function signatureOf(secret: Secret, now: Date): Signature {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const sign = createHmac('sha256', `${timestamp}\n${secret.reveal()}`).digest('base64');
  return { timestamp, sign };
}
