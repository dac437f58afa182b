import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBothFit } from '../../lib/config/glob.ts';

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
  ])('%j and %j fit one name: %s', (one, other, expected) => {
    expect(canBothFit(one, other)).toBe(expected);
    expect(canBothFit(other, one)).toBe(expected);
  });

  it('fit one name exactly if one can be found', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
    const seen = { fitting: 0, parted: 0 };
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const found = NAMES.some((name) => fits(one, name) && fits(other, name));
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

function fits(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
