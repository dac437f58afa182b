import { createHash } from 'node:crypto';
import { Secret } from './secret.ts';

const HEX_DIGITS = 16;

/** Tells settings apart, secrets included, which cannot be found from it. Records keep it: it never changes. */
export function fingerprint(settings: unknown): string {
  return digest([JSON.stringify(revealed(settings))]);
}

/** The same for a few texts; the length before each keeps `ab, c` and `a, bc` apart. Records keep it: it never changes. */
export function fingerprintOfTexts(texts: readonly string[]): string {
  return digest(texts.map((text) => `${text.length}:${text}`));
}

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, HEX_DIGITS);
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}
