import { defined } from '../../base/defined.ts';
import type { Item, ItemKey } from '../store.ts';

/** `REV EXPIRES NONCE BODY`: the head has no spaces, so that a script can read it. No expiry is `-`. */
// Mutant survives, `/^([^ ]*) ([^ ]*) ([^ ]*) (.*)/s` → `/([^ ]*) ([^ ]*) ([^ ]*) (.*)/s`: it begins there anyway.
const VALUE = /^([^ ]*) ([^ ]*) ([^ ]*) (.*)/s;

export function toValue({ rev, expiresAt, nonce, body }: Item): string {
  return `${rev} ${expiresAt ?? '-'} ${encodedNonce(nonce)} ${body}`;
}

/** A nonce as it stands in a value. */
export function encodedNonce(nonce: string): string {
  return encodeURIComponent(nonce);
}

/** A damaged item is read with what is left of it; a value that is none of ours is its body, so that a person can find it. */
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

/** @returns 0 for what is no revision */
function revisionIn(text: string): number {
  return /^[1-9]\d{0,15}$/.test(text) ? (safe(Number(text)) ?? 0) : 0;
}

function safe(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Nothing for a word that no write of ours leaves: the script would never find it again. */
function decoded(word: string): string {
  try {
    const nonce = decodeURIComponent(word);
    return encodedNonce(nonce) === word ? nonce : '';
  } catch {
    return '';
  }
}
