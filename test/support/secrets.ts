import { inspect } from 'node:util';
import { expect } from 'vitest';

/**
 * Fails if a value shows one of the secrets in any way in which values get into logs and records: as JSON, as text, as
 * Node prints it, as an error's stack; plain, URL-encoded or in base64.
 */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  const shown = [
    JSON.stringify(value),
    String(value),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
    value instanceof Error ? `${value.stack} ${inspect(value.cause, { depth: 9 })}` : '',
  ].join('\n');
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  expect(forms.filter((form) => shown.includes(form))).toEqual([]);
}
