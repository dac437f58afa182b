import { describe, expect, it } from 'vitest';
import { columnsOf, NO_BREAK, wrapped } from '../../lib/base/columns.ts';

describe('columns of a text in a terminal', () => {
  it.each([
    ['orders', 6],
    ['订单', 4],
    ['e\u0301', 1],
    ['🟢', 2],
    ['⚠️', 2],
  ])('of %s are %i', (text, columns) => expect(columnsOf(text)).toBe(columns));
});

describe('a wrapped text', () => {
  it('is one line where it fits', () => expect(wrapped('one two', 7)).toEqual(['one two']));

  it('breaks at blanks, and indents every line but the first', () =>
    expect(wrapped('one two three', 8, '  ')).toEqual(['one two', '  three']));

  it('keeps words together around a blank that must not break', () =>
    expect(wrapped(`one two${NO_BREAK}three`, 9)).toEqual(['one', 'two three']));

  it('breaks a word that is longer than a line', () =>
    expect(wrapped('a https://x.example', 11, '  ')).toEqual(['a https://x', '  .example']));

  it('counts wide characters twice', () => expect(wrapped('订单 缓存', 8)).toEqual(['订单', '缓存']));

  it('keeps empty lines', () => expect(wrapped('', 80)).toEqual(['']));
});
