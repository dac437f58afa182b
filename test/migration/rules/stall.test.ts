import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { type Course, newCourse } from '../../../lib/migration/model/run.ts';
import { noteLag } from '../../../lib/migration/rules/growing-lag.ts';
import { noteMotion } from '../../../lib/migration/rules/no-progress.ts';
import type { Movement } from '../../../lib/migration/rules/shared/stall.ts';
import { minute } from '../support.ts';

const STALLED_AFTER = 30 * 60_000;

interface Told {
  readonly minute: number;
  readonly word: 'stalled' | 'resumed';
  /** In minutes. */
  readonly since: number;
}

/** What is told of figures that are read at these minutes. */
function played(
  looks: readonly (readonly [at: number, stats: Stats | undefined])[],
  note: (course: Course, stats: Stats | undefined, now: Date) => Movement,
) {
  let course: Course = newCourse(minute(0));
  let writes = 0;
  const told = looks.flatMap(([at, stats]): Told[] => {
    const { course: next, stalled, resumed } = note(course, stats, minute(at));
    if (next !== course) writes += 1;
    course = next;
    const stall = stalled ?? resumed;
    if (stall === undefined) return [];
    const since = Math.round((Date.parse(stall.since) - minute(0).getTime()) / 60_000);
    return [{ minute: at, word: stalled === undefined ? 'resumed' : 'stalled', since }];
  });
  return { told, writes, course };
}

const motion = (looks: readonly (readonly [number, Stats | undefined])[]) =>
  played(looks, (course, stats, now) => noteMotion(course, stats, STALLED_AFTER, now));
const lag = (looks: readonly (readonly [number, Stats | undefined])[], maxOffset = 0) =>
  played(looks, (course, stats, now) =>
    noteLag(course, stats, { maxOffset, stalledAfterMs: STALLED_AFTER }, now),
  );

/** One look a minute from a minute on. */
const from = (first: number, count: number, stats: (n: number) => Stats) =>
  Array.from({ length: count }, (_, n) => [first + n, stats(n)] as const);
const still = (progressPercent: number, targetKeys?: number) => (): Stats => ({
  progressPercent,
  ...(targetKeys !== undefined && { targetKeys }),
});

describe('a full synchronisation', () => {
  it('has stalled when nothing has moved for half an hour, not a minute sooner', () => {
    expect(motion(from(0, 30, still(10, 100))).told).toEqual([]);
    expect(motion(from(0, 31, still(10, 100))).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it.each<[string, Stats]>([
    ['progress', { progressPercent: 11, targetKeys: 100 }],
    ['keys', { progressPercent: 10, targetKeys: 101 }],
    ['keys that were not known', { progressPercent: 10, targetKeys: 100 }],
    ['progress that falls far back', { progressPercent: 0, targetKeys: 100 }],
  ])('moves by its %s', (what, stats) => {
    const before = still(10, what === 'keys that were not known' ? undefined : 100);
    const looks = [...from(0, 40, before), [40, stats] as const];
    expect(motion(looks).told.at(-1)).toEqual({ minute: 40, word: 'resumed', since: 0 });
  });

  it.each<[string, Stats]>([
    ['traffic', { progressPercent: 10, targetKeys: 100, inputKbps: 9000 }],
    ['fewer keys', { progressPercent: 10, targetKeys: 50 }],
    ['progress that wavers', { progressPercent: 9, targetKeys: 100 }],
    ['figures that are missing', {}],
  ])('does not move by %s', (_what, stats) => {
    const looks = [...from(0, 40, still(10, 100)), [40, stats] as const];
    expect(motion(looks).told.map(({ word }) => word)).toEqual(['stalled']);
  });

  it('moves again from where its keys were flushed to, and not only from where they had been', () => {
    const looks = [
      ...from(0, 5, still(10, 1000)),
      ...from(5, 2, still(10, 0)),
      ...from(7, 60, (n) => ({ progressPercent: 10, targetKeys: n })),
    ];
    expect(motion(looks).told).toEqual([]);
  });

  it('that only loses keys, slowly, has stalled', () => {
    const looks = from(0, 60, (n) => ({ progressPercent: 10, targetKeys: 1000 - n * 10 }));
    expect(motion(looks).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it('does not move because figures were missing for a look', () => {
    const looks = [
      ...from(0, 20, still(10, 100)),
      [20, { progressPercent: 10 }] as const,
      ...from(21, 20, still(10, 100)),
    ];
    expect(motion(looks).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
    const others = [
      ...from(0, 20, still(10, 100)),
      [20, { targetKeys: 100 }] as const,
      ...from(21, 20, still(10, 100)),
    ];
    expect(motion(others).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it('is known by its keys alone, too', () => {
    const keys = (targetKeys: number) => () => ({ targetKeys });
    expect(motion([...from(0, 40, keys(7)), ...from(40, 1, keys(8))]).told.map(({ word }) => word)).toEqual([
      'stalled',
      'resumed',
    ]);
  });

  it('has stalled for days when looks failed for days', () => {
    const days = 3 * 24 * 60;
    expect(motion([...from(0, 1, still(10, 100)), ...from(days, 1, still(10, 100))]).told).toEqual([
      { minute: days, word: 'stalled', since: 0 },
    ]);
  });

  it('that has stalled moves again though its clock went back', () => {
    const looks = [...from(100, 31, still(10)), ...from(0, 2, still(10)), ...from(2, 1, still(11))];
    expect(motion(looks).told.map(({ word }) => word)).toEqual(['stalled', 'resumed']);
  });

  it('is not judged by figures that are not known', () => {
    expect(motion(Array.from({ length: 90 }, (_, n) => [n, undefined] as const))).toMatchObject({
      told: [],
      writes: 0,
    });
  });

  it('has stalled behind looks that failed', () => {
    const looks = [...from(0, 3, still(10, 100)), ...from(120, 1, still(10, 100))];
    expect(motion(looks).told).toEqual([{ minute: 120, word: 'stalled', since: 0 }]);
  });

  it('is not held by a moment in the future, nor by one in another age', () => {
    const ahead = [...from(500, 1, still(10)), ...from(0, 31, still(10))];
    expect(motion(ahead).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
    const age = 800 * 24 * 60;
    expect(motion([...from(0, 1, still(10)), ...from(age, 1, still(10))]).told).toEqual([]);
  });

  it('costs a write only when it moves, and for several looks in a moment one', () => {
    expect(motion(from(0, 29, still(10, 100))).writes).toBe(1);
    expect(motion(from(0, 29, (n) => ({ progressPercent: 10, targetKeys: 1000 - n }))).writes).toBe(1);
    expect(
      motion(from(0, 29, (n) => ({ progressPercent: 10, targetKeys: 1000 - n * 20 }))).writes,
    ).toBeLessThan(9);
    expect(motion(from(0, 29, still(10, 0))).writes).toBe(1);
    expect(motion(from(0, 20, (n) => ({ progressPercent: n }))).writes).toBe(20);
    expect(motion(Array.from({ length: 20 }, (_, n) => [n / 4, { progressPercent: n }])).writes).toBeLessThan(
      10,
    );
  });
});

describe('the lag of a replication', () => {
  const offset = (value: number): Stats => ({ offset: value });

  it('has grown for half an hour when each look found it higher', () => {
    const looks = from(0, 60, (n) => offset(n * 10));
    expect(lag(looks).told).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it.each<[string, (n: number) => number]>([
    ['that goes up and down', (n) => (n % 7) * 100],
    ['that comes back every quarter of an hour', (n) => (n % 15) * 100],
    ['that comes back every half hour', (n) => (n % 29) * 100],
    ['that is high and stays there', () => 9000],
    ['that was high and falls', (n) => 90_000 - n * 100],
    ['that jumps once', (n) => (n < 20 ? 0 : 5000)],
    ['that jumps now and then, to where it stays', (n) => Math.floor(n / 25) * 1000],
    ['that is none', () => 0],
  ])('%s has not', (_what, value) => {
    expect(lag(from(0, 240, (n) => offset(value(n)))).told).toEqual([]);
  });

  it('begins to grow when it grows, however long it was still before', () => {
    const quiet = Array.from({ length: 100 }, (_, n) => [n * 60, offset(5)] as const);
    const looks = [...quiet, ...from(6000, 40, (n) => offset(6 + n))];
    expect(lag(looks).told).toEqual([{ minute: 6030, word: 'stalled', since: 6000 }]);
  });

  it('grows with dips, if they stay above where it was some minutes before', () => {
    const looks = from(0, 60, (n) => offset(n * 200 + (n % 3) * 250));
    expect(lag(looks).told).toEqual([{ minute: expect.any(Number), word: 'stalled', since: 1 }]);
    expect(lag(looks).told[0]?.minute).toBeLessThanOrEqual(33);
  });

  it('grows with dips below where it had come to, if not below where it was', () => {
    const looks = from(0, 60, (n) => offset(1000 + n * 200 - (n > 5 && n % 5 === 2 ? 600 : 0)));
    expect(lag(looks).told).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it('ends its growth when it comes back to where it had begun', () => {
    const looks = from(0, 60, (n) => offset(n % 5 === 3 ? 0 : n * 100));
    expect(lag(looks).told).toEqual([]);
  });

  it('grows from where it had fallen to, and not from where it was before', () => {
    const looks = [...from(0, 3, () => offset(5000)), ...from(3, 40, (n) => offset(100 + n * 10))];
    expect(lag(looks).told).toEqual([{ minute: 34, word: 'stalled', since: 4 }]);
  });

  it('that is nothing but noise has not grown in eight weeks', () => {
    let seed = 7;
    const noise = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * 1000);
    };
    expect(lag(from(0, 8 * 7 * 24 * 60, () => offset(noise()))).told).toEqual([]);
  });

  it('ends its growth when it is once as low as some minutes before', () => {
    const looks = from(0, 50, (n) => offset(n === 20 ? 10 : n * 100));
    expect(lag(looks).told).toEqual([]);
  });

  it('is told while it grows, and not when it has just stopped', () => {
    const looks = [...from(0, 30, (n) => offset(n * 100)), ...from(30, 60, () => offset(2900))];
    expect(lag(looks).told).toEqual([]);
  });

  it('counts as none up to what is allowed', () => {
    const looks = from(0, 60, (n) => offset(n * 10));
    expect(lag(looks, 600).told).toEqual([]);
    expect(lag(looks, 100).told).toEqual([{ minute: 41, word: 'stalled', since: 11 }]);
  });

  it('is over its growth when it has halved from its peak, wherever that was', () => {
    const looks = [...from(0, 101, (n) => offset(n * 10)), ...from(101, 80, (n) => offset(990 - n * 10))];
    expect(lag(looks).told).toEqual([
      { minute: 31, word: 'stalled', since: 1 },
      { minute: 150, word: 'resumed', since: 1 },
    ]);
  });

  it('is over its growth when it is no more than allowed', () => {
    const looks = [...from(0, 40, (n) => offset(n * 10)), [40, offset(300)] as const];
    expect(lag(looks, 1).told).toHaveLength(1);
    expect(lag([...looks, [41, offset(1)]], 1).told).toHaveLength(2);
    const high = from(0, 40, (n) => offset(n * 10));
    expect(lag([...high, [40, offset(250)]], 250).told).toHaveLength(0);
    const over = [...from(0, 70, (n) => offset(n * 10)), [70, offset(200)] as const];
    expect(lag([...over, ...from(71, 60, (n) => offset(n))], 250).told.map(({ word }) => word)).toEqual([
      'stalled',
      'resumed',
    ]);
  });

  it('grows for looks that are an hour apart, too', () => {
    const looks = Array.from({ length: 5 }, (_, n) => [n * 60, offset(n * 10)] as const);
    expect(lag(looks).told).toEqual([{ minute: 180, word: 'stalled', since: 60 }]);
  });

  it('is not believed to have grown through a gap by a single look behind it', () => {
    const looks = [
      ...from(0, 3, (n) => offset(n * 10)),
      [200, offset(50)] as const,
      [201, offset(40)] as const,
    ];
    expect(lag(looks).told).toEqual([]);
  });

  it('is not held by a moment in the future', () => {
    const looks = [...from(500, 3, (n) => offset(n + 1)), ...from(0, 60, (n) => offset(10 + n))];
    expect(lag(looks).told).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it('that is not known changes nothing', () => {
    const looks = from(0, 60, (n) => (n % 2 === 0 ? offset(n * 10) : {}));
    expect(lag(looks).told).toEqual([{ minute: 32, word: 'stalled', since: 2 }]);
  });

  it('costs no write as long as it stays the same', () => {
    expect(lag(from(0, 60, () => offset(70))).writes).toBe(1);
    expect(lag(from(0, 60, () => offset(0))).writes).toBe(1);
    expect(lag([...from(0, 3, (n) => offset(n * 10)), ...from(3, 3, () => offset(20))]).writes).toBe(3);
    // Once it is told, a peak at a time.
    const { writes } = lag(from(0, 60, (n) => offset(n * 10)));
    expect(lag(from(0, 90, (n) => offset(Math.min(n, 59) * 10))).writes).toBe(writes);
    expect(
      lag(
        from(0, 60, (n) => offset(n % 5)),
        10,
      ).writes,
    ).toBeLessThanOrEqual(5);
  });

  it('has a peak that is remembered within ten percent', () => {
    const { course } = lag(from(0, 100, (n) => offset(n * 3)));
    expect(course.peakOffset).toBeGreaterThan((99 * 3) / 1.1);
    expect(course.peakOffset).toBeLessThanOrEqual(99 * 3);
  });
});
