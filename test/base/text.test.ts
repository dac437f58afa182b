import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, oneLine, printable } from '../../lib/base/text.ts';

describe('foreign text as one line', () => {
  it.each([
    ['plain', 9, 'plain'],
    ['', 9, ''],
    ['  a b  ', 9, 'a b'],
    ['two\r\nlines', 9, 'two lines'],
    ['\u0000\u001ba\u2028\u2029\u202eb\u0001', 9, 'a b'],
    ['\ud800', 9, '\ufffd'],
    ['abcdef', 3, 'abc'],
    ['ab  cd', 4, 'ab'],
    ['é   cd', 3, 'é'],
    ['😀😀😀', 2, '😀😀'],
    [`a${'\u0001'.repeat(9)}b`, 3, 'a'],
    [`a${'\u0001'.repeat(4)}b`, 3, 'a b'],
    [`${' '.repeat(100)}abc`, 2, 'ab'],
    [`${' '.repeat(100)}é`, 2, 'é'],
  ])('of %j in %i characters is %j', (text, max, expected) => {
    expect(oneLine(text, max)).toBe(expected);
  });

  it('is well formed, trimmed, no longer than allowed, and stable', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    await fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (some, max) => {
        const line = oneLine(some, max);
        expect([...line].length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/^\s|\s$|[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
        expect(oneLine(line, max)).toBe(line);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('foreign text in a log or terminal', () => {
  it.each([
    ['plain', 'plain'],
    ['two\r\nlines', 'two lines'],
    ['\u001b[31mred\u202e', ' [31mred '],
    ['zero\u200bwidth', 'zero width'],
    ['\ud800', ' '],
  ])('of %j is %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

describe('a count', () => {
  it.each([
    [0, '0 tasks'],
    [1, '1 task'],
    [2, '2 tasks'],
  ])('of %i is %j', (n, words) => {
    expect(count(n, 'task')).toBe(words);
  });

  it('has the plural that it is given', () => {
    expect([1, 2].map((n) => count(n, 'delivery', 'deliveries'))).toEqual(['1 delivery', '2 deliveries']);
  });
});
