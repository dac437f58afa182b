import { inspect } from 'node:util';
import { expect } from 'vitest';

/** A shorter form could stand somewhere by chance. */
const SHORTEST_FORM = 8;

/**
 * Every form in which a secret gets into texts: as it is; as Node prints it; escaped for JSON (once, and JSON within
 * JSON), HTML, or a URL; in base64, wherever it begins in what was encoded, with either alphabet; in hexadecimal.
 */
export function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(secret);
  const hex = Buffer.from(secret).toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64Within(secret, offset));
  const forms = [
    secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    JSON.stringify(inJson).slice(1, -1),
    inspect(secret, { maxStringLength: null }).slice(1, -1),
    inUrl,
    inUrl.replaceAll('%20', '+'),
    inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(secret),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map((text) => text.replaceAll('/', '\\/')),
    hex,
    hex.toUpperCase(),
  ];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_FORM);
}

/** The part of the base64 of any text with the secret in it, so many bytes after a multiple of three, that is the same. */
function base64Within(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const first = offset === 0 ? 0 : 4;
  return bytes.toString('base64').slice(first, Math.floor(bytes.length / 3) * 4);
}

const SPECIAL = /[$()*+./?[\\\]^{|}-]/g;
const NOTHING = '(?!)';

/** Finds secrets in texts, in any of their forms. */
export interface SecretSearch {
  readonly secrets: number;
  readonly forms: number;
  /** @returns those of the secrets that are in the text */
  in(text: string): string[];
}

export function searchFor(secrets: readonly string[]): SecretSearch {
  const byForm = new Map(secrets.flatMap((secret) => formsOf(secret).map((form) => [form, secret])));
  const literals = [...byForm.keys()].map((form) => form.replace(SPECIAL, '\\$&'));
  const pattern = new RegExp(literals.join('|') || NOTHING, 'g');
  return {
    secrets: new Set(secrets).size,
    forms: byForm.size,
    in: (text) => [...new Set(Array.from(text.matchAll(pattern), ([form]) => byForm.get(form) ?? form))],
  };
}

/**
 * Fails if a value shows one of the secrets in any way in which values get into logs and records: as JSON, as text, as
 * Node prints it, as an error's stack; in any of the forms of {@link formsOf}.
 */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  const shown = [
    JSON.stringify(value),
    String(value),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
    value instanceof Error ? `${value.stack} ${inspect(value.cause, { depth: 9 })}` : '',
  ].join('\n');
  expect(searchFor(secrets).in(shown)).toEqual([]);
}
