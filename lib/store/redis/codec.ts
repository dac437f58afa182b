import { defined } from '../../base/defined.ts';
import type { Item, ItemKey } from '../store.ts';

/**
 * `REV EXPIRES NONCE BODY`. The words of the head contain no spaces, so that a script can read them; `-` means no
 * expiry.
 */
// Mutant survives, `/^([^ ]*) ([^ ]*) ([^ ]*) (.*)/s` → `/([^ ]*) ([^ ]*) ([^ ]*) (.*)/s`: it begins there anyway.
const VALUE = /^([^ ]*) ([^ ]*) ([^ ]*) (.*)/s;

export function toValue({ rev, expiresAt, nonce, body }: Item): string {
  return `${rev} ${expiresAt ?? '-'} ${encodedNonce(nonce)} ${body}`;
}

/** The form of a nonce in a value. */
export function encodedNonce(nonce: string): string {
  return encodeURIComponent(nonce);
}

/** Reads a damaged item with its readable parts. A foreign value becomes the body, so that people can find it. */
export function toItem(key: ItemKey, value: string): Item {
  // Mutant survives, `''` → `"Stryker was here!"`: neither is a revision or an expiry.
  // Mutant survives, `[]` → `["Stryker was here"]`: the first is the whole match, which is not looked at.
  const [, rev = '', expires = '', nonce = '', body = value] = VALUE.exec(value) ?? [];
  return defined<Item>({
    key,
    rev: revisionIn(rev),
    nonce: decoded(nonce),
    body,
    expiresAt: /^\d{1,16}$/.test(expires) ? safe(Number(expires)) : undefined,
  });
}

/** @returns 0 for anything but a revision */
function revisionIn(text: string): number {
  return /^[1-9]\d{0,15}$/.test(text) ? (safe(Number(text)) ?? 0) : 0;
}

function safe(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Decodes a nonce; empty for a word that no write of ours makes, because the script would never match it. */
function decoded(word: string): string {
  try {
    const nonce = decodeURIComponent(word);
    return encodedNonce(nonce) === word ? nonce : '';
  } catch {
    return '';
  }
}
