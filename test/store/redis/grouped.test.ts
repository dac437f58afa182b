import { describe, expect, it } from 'vitest';
import { type GroupSize, grouped } from '../../../lib/store/redis/grouped.ts';

const SIZE: GroupSize<number> = { count: 3, weight: 100, weigh: (item) => item };

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** What has come by now. */
async function come<T>(result: Promise<T>): Promise<T> {
  const late = turns().then(() => Promise.reject(new Error('there is no result')));
  return Promise.race([result, late]);
}

/** Work that waits for its end, and the groups that it got. */
function stage(size = SIZE) {
  const groups: (readonly number[])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const ask = grouped<number, string>(async (items) => {
    groups.push(items);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    await end.promise;
    return items.map(String);
  }, size);
  const next = async () => {
    await turns();
    const end = ends.shift();
    if (end === undefined) throw new Error('no group is under way');
    return end;
  };
  return {
    ask,
    groups,
    finish: async () => (await next()).resolve(),
    fail: async (error: Error) => (await next()).reject(error),
  };
}

describe('work in groups', () => {
  it('takes together what is asked for in the same turn, and answers each', async () => {
    const { ask, groups, finish } = stage();
    const results = Promise.all([ask(1), ask(2)]);

    await finish();

    expect(await come(results)).toEqual(['1', '2']);
    expect(groups).toEqual([[1, 2]]);
  });

  it('takes together what comes while a group is under way, and never two groups at once', async () => {
    const { ask, groups, finish } = stage();
    const first = ask(1);
    await turns();
    const others = Promise.all([ask(2), ask(3)]);
    await turns();
    expect(groups).toEqual([[1]]);

    await finish();
    expect(await come(first)).toBe('1');
    await finish();

    expect(await come(others)).toEqual(['2', '3']);
    expect(groups).toEqual([[1], [2, 3]]);
  });

  it('begins anew after it had nothing to do', async () => {
    const { ask, groups, finish } = stage();
    for (const item of [1, 2]) {
      const result = ask(item);
      await finish();
      expect(await come(result)).toBe(String(item));
      await turns();
    }
    expect(groups).toEqual([[1], [2]]);
  });

  it.each([
    [
      'no more than the count',
      [1, 1, 1, 1, 1],
      [
        [1, 1, 1],
        [1, 1],
      ],
    ],
    ['no more than the weight', [60, 40, 1], [[60, 40], [1]]],
    ['one that is too heavy alone', [500, 1], [[500], [1]]],
    ['one that is too heavy after others', [1, 500], [[1], [500]]],
  ])('has in a group %s', async (_words, items, expected) => {
    const { ask, groups, finish } = stage();
    const results = Promise.all(items.map(ask));

    for (const _group of expected) await finish();

    expect(await come(results)).toEqual(items.map(String));
    expect(groups).toEqual(expected);
  });

  it('that fails rejects all of its group, and goes on with the next', async () => {
    const { ask, finish, fail } = stage({ ...SIZE, count: 2 });
    const results = Promise.allSettled([ask(1), ask(2), ask(3)]);

    await fail(new Error('gone'));
    await finish();

    const failed = { status: 'rejected', reason: new Error('gone') };
    expect(await come(results)).toEqual([failed, failed, { status: 'fulfilled', value: '3' }]);
  });
});
