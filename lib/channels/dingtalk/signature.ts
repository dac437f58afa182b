import { createHmac } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

/**
 * The address of a robot, signed for one attempt where the robot wants it: base64 of HMAC-SHA256, key the secret, over
 * the time in milliseconds, a line break, and the secret. Good for one hour ("Custom robot", security settings).
 */
export function signed(url: Secret, secret: Secret | undefined, now: Date): URL {
  const address = new URL(url.reveal());
  if (secret === undefined) return address;
  const timestamp = String(now.getTime());
  const sign = createHmac('sha256', secret.reveal())
    .update(`${timestamp}\n${secret.reveal()}`)
    .digest('base64');
  address.searchParams.set('timestamp', timestamp);
  address.searchParams.set('sign', sign);
  return address;
}
