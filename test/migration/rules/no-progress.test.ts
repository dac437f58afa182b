import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { movementAfter } from '../../../lib/migration/rules/no-progress.ts';
import { type FigureLooks, from, played, STALLED_AFTER_MS } from './movements.ts';

const motion = (looks: FigureLooks) =>
  played(looks, (run, stats, now) => movementAfter(run, stats, STALLED_AFTER_MS, now));
const still = (progressPercent: number, targetKeys?: number) => (): Stats => ({
  progressPercent,
  ...(targetKeys !== undefined && { targetKeys }),
});

describe('a full synchronisation without progress', () => {
  it('has stalled after half an hour without any motion, not a minute sooner', () => {
    expect(motion(from(0, 30, still(10, 100))).told).toEqual([]);
    expect(motion(from(0, 31, still(10, 100))).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it.each<[string, Stats]>([
    ['progress', { progressPercent: 11, targetKeys: 100 }],
    ['keys', { progressPercent: 10, targetKeys: 101 }],
    ['keys that were not known', { progressPercent: 10, targetKeys: 100 }],
    ['progress that falls far back', { progressPercent: 0, targetKeys: 100 }],
  ])('moves again by its %s', (what, stats) => {
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

  it('moves again from the key count that a flush has left', () => {
    const looks = [
      ...from(0, 5, still(10, 1000)),
      ...from(5, 2, still(10, 0)),
      ...from(7, 60, (n) => ({ progressPercent: 10, targetKeys: n })),
    ];
    expect(motion(looks).told).toEqual([]);
  });

  it('has stalled when it only loses keys, slowly', () => {
    const looks = from(0, 60, (n) => ({ progressPercent: 10, targetKeys: 1000 - n * 10 }));
    expect(motion(looks).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it('does not move by a look without figures', () => {
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

  it('is judged by its keys alone where there is no percentage', () => {
    const keys = (targetKeys: number) => () => ({ targetKeys });
    expect(motion([...from(0, 40, keys(7)), ...from(40, 1, keys(8))]).told.map(({ word }) => word)).toEqual([
      'stalled',
      'resumed',
    ]);
  });

  it('has stalled for days after days of failed looks', () => {
    const days = 3 * 24 * 60;
    expect(motion([...from(0, 1, still(10, 100)), ...from(days, 1, still(10, 100))]).told).toEqual([
      { minute: days, word: 'stalled', since: 0 },
    ]);
  });

  it('moves again after a stall although the clock went back', () => {
    const looks = [...from(100, 31, still(10)), ...from(0, 2, still(10)), ...from(2, 1, still(11))];
    expect(motion(looks).told.map(({ word }) => word)).toEqual(['stalled', 'resumed']);
  });

  it('is not judged without figures', () => {
    expect(motion(Array.from({ length: 90 }, (_, n) => [n, undefined] as const))).toMatchObject({
      told: [],
      writes: 0,
    });
  });

  it('has stalled when looks failed meanwhile', () => {
    const looks = [...from(0, 3, still(10, 100)), ...from(120, 1, still(10, 100))];
    expect(motion(looks).told).toEqual([{ minute: 120, word: 'stalled', since: 0 }]);
  });

  it('is judged from now on when its last motion is dated in the future or in another year', () => {
    const ahead = [...from(500, 1, still(10)), ...from(0, 31, still(10))];
    expect(motion(ahead).told).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
    const age = 800 * 24 * 60;
    expect(motion([...from(0, 1, still(10)), ...from(age, 1, still(10))]).told).toEqual([]);
  });

  it('costs a write only when it moves, and one for several looks in a moment', () => {
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
