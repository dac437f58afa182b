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

  interface Span {
    readonly kind: 'read' | 'written';
    readonly name: string;
    readonly seconds?: number;
  }
  const seconds = 1 as number | undefined;

  it('has the type of the place that the object is made for', () => {
    const made: Span = defined({ seconds, name: 'x', kind: 'read' });
    expectTypeOf(defined<Span>({ seconds, name: 'x', kind: 'read' })).toEqualTypeOf<Span>();
    expect(made).toStrictEqual({ seconds: 1, name: 'x', kind: 'read' });
  });

  it('lets no place have a key that is misspelt, absent or of another type', () => {
    const made: Span[] = [
      // @ts-expect-error: there is no such key
      defined({ second: seconds, name: 'x', kind: 'read' }),
      // @ts-expect-error: the name is absent
      defined({ seconds, kind: 'read' }),
      // @ts-expect-error: only what is optional may be undefined
      defined({ seconds, name: undefined, kind: 'read' }),
      // @ts-expect-error: there is no such kind
      defined({ seconds, name: 'x', kind: 'lost' }),
    ];
    expect(made).toHaveLength(4);
  });

  it('makes an object without any known key where no place has a type', () => {
    const made = defined({ seconds });
    expectTypeOf(made).toEqualTypeOf<object>();
    expect(made).toStrictEqual({ seconds: 1 });
  });

  it('takes any key of a record', () => {
    const none: string | undefined = undefined;
    const headers: Readonly<Record<string, string>> = defined({ host: 'x', authorization: none });
    expect(headers).toStrictEqual({ host: 'x' });
  });
});
