import { isObject } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';

const HIDDEN = '(hidden)';
/** Signatures in bodies, and what somebody calls a secret in a body of their own. */
const SIGNATURE = /^sign(?:ature)?$/i;
const SECRET_NAME = /(?:secret|token|password|key)$/i;
/** Shorter ones may be part of any word. */
const LEAST = 6;

/**
 * A body that can be shown: the secrets of a channel's settings and signatures are hidden.
 *
 * @param settings those of the channel
 */
export function hideSecrets(body: unknown, settings: object): unknown {
  const secrets = secretsIn(settings);
  const isOwn = 'body' in settings && settings.body !== undefined;
  const isHidden = (name: string) => SIGNATURE.test(name) || (isOwn && SECRET_NAME.test(name));
  return hidden(body, secrets, isHidden);
}

function hidden(value: unknown, secrets: readonly string[], isHidden: (name: string) => boolean): unknown {
  if (typeof value === 'string') return masked(value, secrets);
  if (Array.isArray(value)) return value.map((one) => hidden(one, secrets, isHidden));
  if (!isObject(value) || value instanceof Date) return value;
  const shown = Object.entries(value).map(([name, inner]) => [
    name,
    isHidden(name) && typeof inner === 'string' ? HIDDEN : hidden(inner, secrets, isHidden),
  ]);
  return Object.fromEntries(shown);
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((kept, secret) => {
    if (kept === secret) return HIDDEN;
    return secret.length < LEAST ? kept : kept.replaceAll(secret, HIDDEN);
  }, text);
}

function secretsIn(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal()].filter((text) => text !== '');
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}
