import { createHash } from 'node:crypto';
import { Secret } from './secret.ts';

/** Tells settings apart, secrets included; they cannot be found from it. */
export function fingerprint(settings: unknown): string {
  const text = JSON.stringify(revealed(settings));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}
