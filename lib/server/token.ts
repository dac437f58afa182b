import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../base/secret.ts';

/** Nobody guesses so many characters through a network. */
const SHORTEST = 16;

/** The fault of a token, in a few words without it; undefined where there is none. */
export function tokenProblem(token: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(token)) return 'has characters other than visible ASCII';
  return token.length < SHORTEST ? `is shorter than ${SHORTEST} characters` : undefined;
}

/**
 * Whether a request has the token: as `Bearer`, for programs, or as the password of any user in `Basic`, which browsers
 * ask people for.
 */
export function hasToken(authorization: string | undefined, token: Secret): boolean {
  const given = tokenIn(authorization ?? '');
  return given !== undefined && timingSafeEqual(digest(given), digest(token.reveal()));
}

function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^([a-z]+) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [, ...password] = Buffer.from(value, 'base64').toString().split(':');
  return password.length === 0 ? undefined : password.join(':');
}

/** All digests have one length: comparing unequal lengths would take less time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
