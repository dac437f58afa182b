import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { movementAfter } from '../../../lib/migration/rules/no-progress.ts';
import { type FigureLooks, from, played, STALLED_AFTER_MS } from './movements.ts';

const play = (looks: FigureLooks) =>
  played(looks, (run, stats, now) => movementAfter(run, stats, STALLED_AFTER_MS, now));
const still = (progressPercent: number, targetKeys?: number) => (): Stats => ({
  progressPercent,
  ...(targetKeys !== undefined && { targetKeys }),
});

describe('a full synchronisation without progress', () => {
  it('has stalled after half an hour without any progress, not a minute sooner', () => {
    expect(play(from(0, 30, still(10, 100))).stalls).toEqual([]);
    expect(play(from(0, 31, still(10, 100))).stalls).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it.each<[string, Stats]>([
    ['progress', { progressPercent: 11, targetKeys: 100 }],
    ['keys', { progressPercent: 10, targetKeys: 101 }],
    ['keys that were not known', { progressPercent: 10, targetKeys: 100 }],
    ['progress that falls far back', { progressPercent: 0, targetKeys: 100 }],
  ])('moves again by its %s', (what, stats) => {
    const before = still(10, what === 'keys that were not known' ? undefined : 100);
    const looks = [...from(0, 40, before), [40, stats] as const];
    expect(play(looks).stalls.at(-1)).toEqual({ minute: 40, word: 'resumed', since: 0 });
  });

  it.each<[string, Stats]>([
    ['traffic', { progressPercent: 10, targetKeys: 100, inputKbps: 9000 }],
    ['fewer keys', { progressPercent: 10, targetKeys: 50 }],
    ['progress that varies', { progressPercent: 9, targetKeys: 100 }],
    ['figures that are missing', {}],
  ])('does not move again by %s', (_what, stats) => {
    const looks = [...from(0, 40, still(10, 100)), [40, stats] as const];
    expect(play(looks).stalls.map(({ word }) => word)).toEqual(['stalled']);
  });

  it('moves again from the key count after a flush', () => {
    const looks = [
      ...from(0, 5, still(10, 1000)),
      ...from(5, 2, still(10, 0)),
      ...from(7, 60, (n) => ({ progressPercent: 10, targetKeys: n })),
    ];
    expect(play(looks).stalls).toEqual([]);
  });

  it('has stalled when it only loses keys, slowly', () => {
    const looks = from(0, 60, (n) => ({ progressPercent: 10, targetKeys: 1000 - n * 10 }));
    expect(play(looks).stalls).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it('does not move again by a look without figures', () => {
    const looks = [
      ...from(0, 20, still(10, 100)),
      [20, { progressPercent: 10 }] as const,
      ...from(21, 20, still(10, 100)),
    ];
    expect(play(looks).stalls).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
    const others = [
      ...from(0, 20, still(10, 100)),
      [20, { targetKeys: 100 }] as const,
      ...from(21, 20, still(10, 100)),
    ];
    expect(play(others).stalls).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
  });

  it('is rated by its keys alone where there is no percentage', () => {
    const keys = (targetKeys: number) => () => ({ targetKeys });
    expect(play([...from(0, 40, keys(7)), ...from(40, 1, keys(8))]).stalls.map(({ word }) => word)).toEqual([
      'stalled',
      'resumed',
    ]);
  });

  it('has stalled for days after days of failed looks', () => {
    const days = 3 * 24 * 60;
    expect(play([...from(0, 1, still(10, 100)), ...from(days, 1, still(10, 100))]).stalls).toEqual([
      { minute: days, word: 'stalled', since: 0 },
    ]);
  });

  it('moves again after a stall even if the clock went back', () => {
    const looks = [...from(100, 31, still(10)), ...from(0, 2, still(10)), ...from(2, 1, still(11))];
    expect(play(looks).stalls.map(({ word }) => word)).toEqual(['stalled', 'resumed']);
  });

  it('is not rated without figures', () => {
    expect(play(Array.from({ length: 90 }, (_, n) => [n, undefined] as const))).toMatchObject({
      stalls: [],
      writes: 0,
    });
  });

  it('has stalled when looks failed meanwhile', () => {
    const looks = [...from(0, 3, still(10, 100)), ...from(120, 1, still(10, 100))];
    expect(play(looks).stalls).toEqual([{ minute: 120, word: 'stalled', since: 0 }]);
  });

  it('is rated from now on when its last progress is dated in the future or in another year', () => {
    const ahead = [...from(500, 1, still(10)), ...from(0, 31, still(10))];
    expect(play(ahead).stalls).toEqual([{ minute: 30, word: 'stalled', since: 0 }]);
    const age = 800 * 24 * 60;
    expect(play([...from(0, 1, still(10)), ...from(age, 1, still(10))]).stalls).toEqual([]);
  });

  it('costs a write only when it moves, and one for several looks at once', () => {
    expect(play(from(0, 29, still(10, 100))).writes).toBe(1);
    expect(play(from(0, 29, (n) => ({ progressPercent: 10, targetKeys: 1000 - n }))).writes).toBe(1);
    expect(
      play(from(0, 29, (n) => ({ progressPercent: 10, targetKeys: 1000 - n * 20 }))).writes,
    ).toBeLessThan(9);
    expect(play(from(0, 29, still(10, 0))).writes).toBe(1);
    expect(play(from(0, 20, (n) => ({ progressPercent: n }))).writes).toBe(20);
    expect(play(Array.from({ length: 20 }, (_, n) => [n / 4, { progressPercent: n }])).writes).toBeLessThan(
      10,
    );
  });
});
