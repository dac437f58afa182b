import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBothFit, fits } from '../../../lib/migration/discovery/glob.ts';

describe('A name', () => {
  it.each([
    ['orders-*', 'orders-1', true],
    ['orders-*', 'orders-', true],
    ['orders-*', 'my-orders-1', false],
    ['*-orders', 'prod-orders', true],
    ['*-orders', 'prod-orders-2', false],
    ['*ord*', 'prod-orders-2', true],
    ['*a*bc', 'aabcabc', true],
    ['orders-?', 'orders-1', true],
    ['orders-?', 'orders-12', false],
    ['orders-?', 'orders-', false],
    ['?', '🙂', true],
    ['orders', 'Orders', false],
    ['a.c', 'abc', false],
    ['[ab]+(c|d)$', '[ab]+(c|d)$', true],
    ['a\\*', 'a\\b', true],
    ['*', '', true],
    ['*', 'two\nlines', true],
    ['?', '', false],
    ['a*', '*a', false],
  ])('matches %j as %j: %s', (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  it('matches exactly the patterns that the same regular expression matches', () => {
    const letters = fc.constantFrom('a', 'b', '*', '?');
    const seen = { fitting: 0, other: 0 };
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 5 }), fc.constantFrom(...NAMES), (pattern, name) => {
        const expected = fitsRegExp(pattern, name);
        expect(fits(pattern, name)).toBe(expected);
        seen[expected ? 'fitting' : 'other'] += 1;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.fitting, seen.other)).toBeGreaterThan(50);
  });

  it('is compared at once even with a pattern of a hundred stars', () => {
    // As a regular expression, eight of them take more than a minute for 64 letters.
    expect(fits(`${'*a'.repeat(100)}*b`, 'a'.repeat(256))).toBe(false);
  });
});

describe('Two patterns of names', () => {
  it.each([
    ['*', '*', true],
    ['*', 'orders', true],
    ['prod-*', 'prod-orders-*', true],
    ['prod-*', '*-orders', true],
    ['a*b*c', '*x*', true],
    ['orders-?', 'orders-*', true],
    ['orders-?', '?rders-1', true],
    ['orders', 'orders', true],
    ['**', '', true],
    ['prod-*', 'test-*', false],
    ['*-orders', '*-users', false],
    ['orders-?', 'orders-', false],
    ['orders', 'Orders', false],
    ['?', '??', false],
    ['[ab]', 'a', false],
    ['.*', 'orders', false],
    ['🙂', '?', true],
  ])('%j and %j have a common name: %s', (one, other, expected) => {
    expect(canBothFit(one, other)).toBe(expected);
    expect(canBothFit(other, one)).toBe(expected);
  });

  it('have a common name exactly if one can be found', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
    const seen = { fitting: 0, parted: 0 };
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const found = NAMES.some((name) => fitsRegExp(one, name) && fitsRegExp(other, name));
        expect(canBothFit(one, other)).toBe(found);
        seen[found ? 'fitting' : 'parted'] += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.fitting, seen.parted)).toBeGreaterThan(50);
  });
});

/** All names of up to eight letters: patterns of four letters that fit one name at all fit one of these. */
const NAMES = Array.from({ length: 9 }, (_, length) => namesOf(length)).flat();

function namesOf(length: number): string[] {
  return Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_, place) => ((bits >> place) & 1 ? 'a' : 'b')).join(''),
  );
}

function fitsRegExp(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
