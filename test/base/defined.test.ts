import { describe, expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../lib/base/defined.ts';

describe('defined', () => {
  it('leaves out what is undefined', () => {
    const none: number | undefined = undefined;
    expect(Object.keys(defined({ a: 1, b: none, c: undefined }))).toEqual(['a']);
  });

  it('keeps null, zero, false and the empty string', () => {
    expect(defined({ a: null, b: 0, c: false, d: '' })).toStrictEqual({ a: null, b: 0, c: false, d: '' });
  });

  it('leaves the object that it is given as it is', () => {
    const given = { a: undefined };
    defined(given);
    expect(given).toStrictEqual({ a: undefined });
  });

  it('makes a property optional that may be undefined, and no other', () => {
    const seconds = 1 as number | undefined;
    const made = defined({ seconds, name: 'x' as string, kind: 'read' });
    expectTypeOf(made).toEqualTypeOf<{
      readonly seconds?: number;
      readonly name: string;
      readonly kind: 'read';
    }>();
    const exact: { readonly seconds?: number } = made;
    expect(exact.seconds).toBe(1);
  });
});
