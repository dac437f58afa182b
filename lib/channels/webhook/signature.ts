import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import { Secret } from '../../base/secret.ts';

const PREFIX = 'whsec_';
/** Bytes of a signing key: 24 to 64 (192 to 512 bits), Standard Webhooks 1.0.0, "Signature scheme". */
const KEY_BYTES = { least: 24, most: 64 } as const;
const HOW_TO_MAKE_ONE = `make one with: echo "${PREFIX}$(openssl rand -base64 32)"`;

export const SECRET_EXPECTED = `expected a signing secret, or a list of two; ${HOW_TO_MAKE_ONE}`;

/**
 * The signing secret as the configuration writes it: `whsec_` and the key in base64; a list of two while rotating.
 * Always a list afterwards.
 */
export const signingSecrets = z.pipe(
  z
    .union([z.string(), z.array(z.string()).check(z.meta({ minItems: 1, maxItems: 2 }))], {
      error: SECRET_EXPECTED,
    })
    .check(
      z.check(({ value, issues }) => {
        for (const [path, message] of problems(value)) {
          issues.push({ code: 'custom', input: undefined, path, message });
        }
      }),
    ),
  z.transform((given: string | string[]) => asList(given).map((text) => new Secret(text))),
);

function asList(given: string | string[]): string[] {
  return typeof given === 'string' ? [given] : given;
}

function problems(given: string | string[]): [path: number[], message: string][] {
  const all = asList(given);
  if (all.length < 1 || all.length > 2) {
    return [[[], `expected one signing secret, or two while rotating, but there are ${all.length}`]];
  }
  return all.flatMap((secret, index): [number[], string][] => {
    const problem = secretProblem(secret);
    return problem === undefined ? [] : [[typeof given === 'string' ? [] : [index], problem]];
  });
}

/** The problem of a signing secret, without the secret; nothing if it is good. */
function secretProblem(secret: string): string | undefined {
  if (secret !== secret.trim()) return 'has a blank or a line break at its end; remove it where it is kept';
  if (!secret.startsWith(PREFIX)) return `must begin with ${PREFIX}; ${HOW_TO_MAKE_ONE}`;
  const key = keyOf(secret);
  if (key.toString('base64') !== secret.slice(PREFIX.length)) {
    return `must be base64 with its padding after ${PREFIX}; ${HOW_TO_MAKE_ONE}`;
  }
  if (key.length < KEY_BYTES.least || key.length > KEY_BYTES.most) {
    return `must hold ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes but holds ${key.length}; ${HOW_TO_MAKE_ONE}`;
  }
  return undefined;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

/**
 * The headers that let a receiver trust a request (Standard Webhooks 1.0.0). With two secrets it carries two
 * signatures, so that a receiver may change from one secret to the other at any moment.
 *
 * @param id of the message, the same on every attempt: receivers dedupe on it
 * @param body the very text that is sent
 * @param now the moment of this attempt: receivers refuse what is too old
 */
export function signedHeaders(
  secrets: readonly Secret[],
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Date },
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000);
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', keyOf(secret.reveal())).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
