import { describe, expect, it } from 'vitest';
import { encodedNonce, toItem, toValue } from '../../../lib/store/redis/codec.ts';
import type { Item } from '../../../lib/store/store.ts';

const KEY = { partition: 'project:p', id: 'task:1' };
const ITEM: Item = { key: KEY, rev: 7, nonce: 'n-1', body: '{"a b":1}' };

describe('an item as a Redis value', () => {
  it('has its revision, expiry, nonce and body in this order', () => {
    expect(toValue(ITEM)).toBe('7 - n-1 {"a b":1}');
    expect(toValue({ ...ITEM, expiresAt: 0 })).toBe('7 0 n-1 {"a b":1}');
  });

  it('has a nonce without blanks', () => {
    expect(encodedNonce('a b')).toBe('a%20b');
    expect(toValue({ ...ITEM, nonce: 'a b' })).toBe('7 - a%20b {"a b":1}');
  });

  it.each<Partial<Item>>([
    {},
    { expiresAt: 1_767_571_811 },
    { nonce: '' },
    { nonce: 'a b é' },
    { body: '' },
    { body: ' two\nlines ' },
    { rev: Number.MAX_SAFE_INTEGER, expiresAt: Number.MAX_SAFE_INTEGER },
  ])('is read as it was written: %j', (part) => {
    const item = { ...ITEM, ...part };
    expect(toItem(KEY, toValue(item))).toStrictEqual(item);
  });
});

describe('a damaged Redis value', () => {
  const DAMAGED = { key: KEY, rev: 0, nonce: 'n', body: 'b' };

  it.each(['', 'one', 'one two', '7 - n', 'line\n'])('that is none of ours is its body: %j', (value) => {
    expect(toItem(KEY, value)).toStrictEqual({ key: KEY, rev: 0, nonce: '', body: value });
  });

  it.each(['0', '-1', '07', '1.5', 'x1', '1x', '1e3', '', '9007199254740993', '1'.repeat(17)])(
    'has revision 0 for %j',
    (rev) => {
      expect(toItem(KEY, `${rev} - n b`)).toStrictEqual(DAMAGED);
    },
  );

  it.each(['', '-1', 'x1', '1x', '1e3', '9007199254740993', '1'.repeat(17)])(
    'has no expiry for %j',
    (expiry) => {
      expect(toItem(KEY, `7 ${expiry} n b`)).toStrictEqual({ ...DAMAGED, rev: 7 });
    },
  );

  it.each(['%zz', '%41', '%e9', 'a"b'])('has no nonce where it is not as a write leaves it: %j', (word) => {
    expect(toItem(KEY, `7 - ${word} b`)).toStrictEqual({ ...DAMAGED, rev: 7, nonce: '' });
  });
});
