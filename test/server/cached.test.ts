import { describe, expect, it } from 'vitest';
import { cached } from '../../lib/server/cached.ts';
import { createTestClock } from '../support/clock.ts';

function counting(answers: (n: number) => Promise<number>) {
  const clock = createTestClock();
  let made = 0;
  let tick = 0;
  const ask = cached(() => answers(++made), { elapsed: clock.elapsed, version: () => tick });
  return { clock, ask, made: () => made, nextTick: () => ++tick };
}

describe('a kept answer', () => {
  it('serves for five seconds, and no longer', async () => {
    const { clock, ask } = counting(async (n) => n);
    expect(await ask()).toBe(1);
    clock.advance(4999);
    expect(await ask()).toBe(1);
    clock.advance(1);
    expect(await ask()).toBe(2);
  });

  it('ends with a tick', async () => {
    const { ask, nextTick } = counting(async (n) => n);
    await ask();
    nextTick();
    expect(await ask()).toBe(2);
  });

  it('is shared by all who ask while it is made, however long that takes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, ask, made } = counting(async (n) => promise.then(() => n));
    const first = ask();
    clock.advance(60_000);
    const second = ask();
    resolve();
    expect([await first, await second, made()]).toEqual([1, 1, 1]);
  });

  it('may be a failure, which is not tried again at once', async () => {
    const { clock, ask, made } = counting(async (n) => {
      if (n === 1) throw new Error('no');
      return n;
    });
    await expect(ask()).rejects.toThrow('no');
    await expect(ask()).rejects.toThrow('no');
    expect(made()).toBe(1);
    clock.advance(5000);
    expect(await ask()).toBe(2);
  });
});
