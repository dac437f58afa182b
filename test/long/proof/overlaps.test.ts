import { describe, expect, test } from 'vitest';
import { expectFired, expectKept } from './expectations.ts';
import { everyInterleaving, OPENINGS, randomOverlaps } from './overlaps.ts';
import { ours } from './simple-designs.ts';

describe('two overlapping ticks make no duplicate', () => {
  test.each(Object.keys(OPENINGS))('in any interleaving (%s)', async (opening) => {
    const { totals } = await everyInterleaving({ design: ours, opening, moves: false });
    expectKept(totals);
    expect(totals.duplicates).toBe(0);
  });

  test('in any interleaving while the status changes', async () => {
    const { totals } = await everyInterleaving({ design: ours, opening: 'a transition', moves: true });
    expectKept(totals);
    expect(totals.duplicates).toBe(0);
    expectFired(totals, ['overlap', 'store: conflict']);
  });

  test('nor do three in random schedules', async () => {
    const totals = await randomOverlaps({ design: ours, seed: 'ci', cases: 2000 });
    expectKept(totals);
    expect(totals).toMatchObject({ duplicates: 0, dead: 0 });
    expectFired(totals, ['overlap', 'store: conflict']);
  });
});
