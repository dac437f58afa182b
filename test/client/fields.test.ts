import { describe, expect, it } from 'vitest';
import {
  address,
  digits,
  figure,
  flag,
  ip,
  listOf,
  name,
  objectOf,
  pickFields,
  type Read,
  renamed,
  text,
  word,
  words,
} from '../../lib/client/answers/fields.ts';

const READERS: Readonly<Record<string, Read<unknown>>> = {
  word,
  name,
  text,
  address,
  ip,
  digits,
  flag,
  figure,
  words,
};

describe('a field of an answer', () => {
  it.each(Object.entries(READERS))('stays null where the service says null: %s', (_name, read) => {
    expect(read(null)).toBeNull();
    expect(read(undefined)).toBeUndefined();
  });

  it.each<readonly [string, Read<unknown>, unknown, unknown]>([
    ['a text', word, 'RUNNING', 'RUNNING'],
    ['a number where a text is documented', word, 6, '6'],
    ['an empty text', word, '', ''],
    ['a text of blanks', word, '  ', ''],
    ['another type', word, {}, undefined],
    ['a long word', word, 'x'.repeat(100), 'x'.repeat(64)],
    ['a long name', name, 'x y '.repeat(100), 'x y '.repeat(64).trim()],
    ['a password in a description', text, 'password=hunter22', 'password=***'],
    ['an address with a login', address, 'redis://u:p@10.0.0.1:6379/0', '10.0.0.1:6379'],
    ['no address', address, 'no address at all!', ''],
    ['an address of another type', address, 7, undefined],
    ['an IP', ip, '10.0.0.1', '10.0.0.1'],
    ['no IP', ip, 'user:password', ''],
    ['a port', digits, '6379', '6379'],
    ['a port as a number', digits, 6379, '6379'],
    ['databases', digits, '0-255', '0-255'],
    ['no port', digits, '6379; password', undefined],
    ['true', flag, true, true],
    ['the word true', flag, ' True ', true],
    ['the word false', flag, 'false', false],
    ['no flag', flag, 'yes', undefined],
    ['another type for a flag', flag, 1, undefined],
    ['a figure', figure, 42, 42],
    ['a figure as a text', figure, ' 42 ', '42'],
    ['a fraction', figure, '99.75', '99.75'],
    ['a negative figure', figure, '-1', '-1'],
    ['the largest of 64 bits', figure, '18446744073709551615', '18446744073709551615'],
    ['an empty figure', figure, '', ''],
    ['no number', figure, Number.NaN, undefined],
    ['a text before a figure', figure, 'x 42', undefined],
    ['a text behind a figure', figure, '42 x', undefined],
    ['a fraction that is none', figure, '42.x', undefined],
    ['another type for a figure', figure, [], undefined],
    ['a list of words', words, ['a', 7, {}, 'b'], ['a', '7', 'b']],
    ['no list', words, 'a', undefined],
  ])('is read as it is documented: %s', (_what, read, value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it('is picked alone, in an object and in a list', () => {
    const read = objectOf<{ readonly a?: string | null }>({ a: word });
    expect(read({ a: '1', b: '2' })).toEqual({ a: '1' });
    expect(read({ a: {} })).toEqual({});
    expect(read([])).toBeUndefined();
    expect(listOf((value) => read(value) ?? undefined)([{ a: '1' }, 7, null, { b: 1 }])).toEqual([
      { a: '1' },
      {},
    ]);
    expect(pickFields<{ readonly toString?: string | null }>({}, { toString: word })).toEqual({});
  });

  it('has its present name, where the service still writes an older one', () => {
    expect(renamed({ old: 1 }, 'old', 'new')).toEqual({ old: 1, new: 1 });
    const both = { old: 1, new: 2 };
    expect(renamed(both, 'old', 'new')).toBe(both);
    const none = { other: 1 };
    expect(renamed(none, 'old', 'new')).toBe(none);
  });
});
