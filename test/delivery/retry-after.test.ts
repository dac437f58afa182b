import { describe, expect, test } from 'vitest';
import type { ReceiverAnswer } from '../support/receiver.ts';
import { useWorld } from '../support/use-world.ts';
import type { World } from '../support/world.ts';

const newWorld = useWorld();

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The world's clock when the answer is given: a receiver's dates go by its own clock, which is the same here. */
const NOW = Date.parse('2026-01-05T00:10:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toUTCString();

type Kind = 'slack' | 'webhook';
/** Without jitter (the world's chance is always one half) the first wait is a minute, and so is the shortest rest. */
const USUAL = { slack: MINUTE, webhook: MINUTE } as const;

const ROWS: readonly (readonly [value: string, header: string | string[], waits: Record<Kind, number>])[] = [
  ['5', '5', USUAL],
  ['0', '0', USUAL],
  ['−1', '-1', USUAL],
  ['garbage', 'as soon as you can', USUAL],
  ['a date an hour ago', at(-HOUR), USUAL],
  ['90', '90', { slack: 90 * SECOND, webhook: 90 * SECOND }],
  ['a date in 30 minutes', at(30 * MINUTE), { slack: 30 * MINUTE, webhook: 30 * MINUTE }],
  ['a date in 2 hours', at(2 * HOUR), { slack: HOUR, webhook: 2 * HOUR }],
  ['a date in 100 years', 'Sun, 05 Jan 2126 00:10:00 GMT', { slack: HOUR, webhook: 24 * HOUR }],
  ['1e9 seconds', '1000000000', { slack: HOUR, webhook: 24 * HOUR }],
  ['5 and 7200, twice', ['5', '7200'], { slack: HOUR, webhook: 2 * HOUR }],
];
const CASES = ROWS.flatMap(([value, header, waits]) =>
  (['slack', 'webhook'] as const).map((type) => ({ type, value, header, waitMs: waits[type] })),
);

/** A world with one channel, which answers so to the first attempt and well from then on. */
async function firstAnswered(type: Kind, answer: ReceiverAnswer): Promise<World> {
  const world = await newWorld({ channels: { hook: { type } } });
  let answers = 0;
  world.receiver.answer('/hook', () => {
    answers += 1;
    return answers === 1 ? answer : { status: 200, body: 'ok' };
  });
  // Nobody is reminded of this one, however long the wait.
  world.status('task-1', 'CREATING');
  await world.tick();
  expect(world.receiver.at('/hook')).toHaveLength(1);
  return world;
}

describe('a receiver that asks for a pause', () => {
  test.each(CASES)(
    'of $value gets its $type message after $waitMs ms, not before',
    async ({ type, header, waitMs }) => {
      const made = await firstAnswered(type, {
        status: 429,
        headers: { date: at(0), 'retry-after': header },
      });
      const { tick, clock, receiver } = made;

      clock.advance(waitMs - SECOND);
      expect(await tick()).toMatchObject({ delivered: 0, pending: 1 });
      expect(receiver.at('/hook')).toHaveLength(1);

      clock.advance(SECOND);
      expect(await tick()).toMatchObject({ delivered: 1, pending: 0, dead: 0 });
      expect(receiver.at('/hook')).toHaveLength(2);
    },
  );

  test.each(['slack', 'webhook'] as const)(
    'again and again gets nothing after the deadline, with %s',
    async (type) => {
      const made = await newWorld({ channels: { hook: { type } } });
      const { tick, clock, receiver, status, store } = made;
      receiver.answer('/hook', { status: 429, headers: { 'retry-after': '1000000000' } });
      status('task-1', 'CREATING');
      const begun = clock.now();
      let dead = 0;
      while (dead === 0 && clock.now() < begun + 100 * HOUR) {
        dead = (await tick()).dead;
        if (dead === 0) clock.advance(30 * MINUTE);
      }
      const deadlineMs = type === 'slack' ? 24 * HOUR : 72 * HOUR;
      expect(receiver.at('/hook').length).toBeGreaterThan(1);
      expect(clock.now() - begun).toBe(deadlineMs);
      expect(await store.load('dead')).toHaveLength(1);
    },
  );
});

describe('an overloaded server with Retry-After', () => {
  test.each([
    ['slack', 503],
    ['webhook', 502],
    ['webhook', 503],
    ['webhook', 504],
  ] as const)('(%s, %i) is left alone for that long', async (type, status) => {
    const made = await firstAnswered(type, { status, headers: { 'retry-after': '1800' } });
    const { tick, clock, receiver } = made;

    clock.advance(30 * MINUTE - SECOND);
    await tick();
    expect(receiver.at('/hook')).toHaveLength(1);
    clock.advance(SECOND);
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });
  });
});
