import { describe, expect, it } from 'vitest';
import { type Driver, withRules } from '../../lib/store/driver.ts';
import type { Item } from '../../lib/store/store.ts';
import { failureOf, newItem } from './contract.ts';

/** A driver that keeps one item, refuses every write and counts what it is asked. */
function refusing(stored: Item | undefined) {
  const asked = { one: 0, put: 0, close: 0 };
  const driver: Driver = {
    all: async () => (stored === undefined ? [] : [stored]),
    one: async () => {
      asked.one += 1;
      return stored;
    },
    put: async () => {
      asked.put += 1;
      return false;
    },
    close: async () => {
      asked.close += 1;
    },
  };
  return { asked, store: withRules({ place: 'The test', now: () => 1_999 }, driver) };
}

describe('A write that is refused', () => {
  const item = newItem({ rev: 2 });

  it.each([
    ['the very same', item, 'saved'],
    ['of the same revision by somebody else', { ...item, nonce: 'other' }, 'conflict'],
    ['ours of another revision', { ...item, rev: 3 }, 'conflict'],
    ['nothing', undefined, 'conflict'],
  ])('because the stored item is %s: %3$s', async (_words, stored, expected) => {
    const { store, asked } = refusing(stored);

    expect(await store.save(item)).toBe(expected);

    expect(asked).toEqual({ one: 1, put: 1, close: 0 });
  });
});

describe('An item that the rules forbid', () => {
  it('never reaches the driver', async () => {
    const { store, asked } = refusing(undefined);

    await failureOf(store.save(newItem({ key: { partition: '', id: 'a' } })));

    expect(asked.put).toBe(0);
  });

  it('is named in at most 120 characters, in quotes', async () => {
    const { store } = refusing(undefined);

    const { message } = await failureOf(
      store.save(newItem({ key: { partition: `"${'p'.repeat(200)}`, id: '' } })),
    );

    expect(message).toBe(
      `The test cannot take item "\\"${'p'.repeat(119)}": partition and id must not be empty.`,
    );
  });
});

describe('A second', () => {
  it.each([
    [0, false],
    [1, false],
    [2, true],
  ])(
    'is over when its successor begins: at 1.999 s what expires at %i s is there: %s',
    async (expiresAt, is) => {
      const stored = newItem({ expiresAt });
      const { store } = refusing(stored);

      expect(await store.get(stored.key)).toBe(is ? stored : undefined);
      expect(await store.load('p')).toEqual(is ? [stored] : []);
    },
  );
});

describe('A store that is closed twice', () => {
  it('closes its driver once', async () => {
    const { store, asked } = refusing(undefined);

    await store.close();
    await store.close();

    expect(asked.close).toBe(1);
    expect((await failureOf(store.load('p'))).message).toBe(
      'The test was closed before this request; open it again.',
    );
  });
});
