import { describe, expect, test } from 'vitest';
import {
  everyRedriveCrash,
  everyRedriveInterleaving,
  markThenSend,
  OPENINGS,
  type Redriven,
  randomRedrives,
  sendThenMark,
} from './redrives.ts';
import { lineOf } from './totals.ts';

/** The promise holds in every case, and what is listed as dead is what is dead. */
function expectKept({ totals, miscounted }: Redriven): void {
  expect(totals.broken.map(lineOf)).toEqual([]);
  expect(totals.cases).toBeGreaterThan(0);
  expect(miscounted).toBe(0);
}

describe('a redrive sends the same event with the same id, not too often', () => {
  test.each(Object.keys(OPENINGS))('in any interleaving (%s): no copy', async (opening) => {
    const all = await everyRedriveInterleaving(opening);
    expectKept(all);
    expect(all.totals.duplicates).toBe(0);
    const isRefused = opening.endsWith('refused again');
    if (!isRefused) expect(all.left).toBe(0);
    else expect(all.left).toBeGreaterThan(0);
  });

  test('with one crash before or after every step: at most 1 copy, and nothing stays dead', async () => {
    const all = await everyRedriveCrash();
    expectKept(all);
    expect(all.totals.most).toBe(1);
    expect(all.left).toBe(0);
    for (const ending of ['dies before', 'dies after']) {
      expect(all.totals.fired.get(`crash: ${ending}`)).toBe(all.totals.cases / 2);
    }
  });

  test('with two crashes anywhere: at most 2 copies, and nothing stays dead', async () => {
    const all = await everyRedriveCrash({ everyNthPair: 7 });
    expectKept(all);
    expect(all.totals.most).toBeLessThanOrEqual(2);
    expect(all.left).toBe(0);
    expect(all.totals.cases).toBeGreaterThan(300);
  });

  test('through hours of refusals, crashes, stalls, overlaps and a failing store', async () => {
    const all = await randomRedrives({ seed: 'ci', cases: 12, minutes: 180 });
    expectKept(all);
    const { fired } = all.totals;
    for (const kind of [
      'redrive',
      'stall',
      'answer: refused 422',
      'answer: answer lost',
      'crash: dies after',
      'store: answer lost',
      'store: stale read',
    ]) {
      expect(fired.get(kind), kind).toBeGreaterThan(0);
    }
  });
});

describe('a harness that cannot fail proves nothing: it finds', () => {
  test('the copies of "send, then mark it"', async () => {
    const { totals } = await everyRedriveInterleaving('and another', { redrive: sendThenMark });
    expect(totals.unexplained).toBeGreaterThan(0);
  });

  test('the dead letters that "mark it, then send" leaves unlisted', async () => {
    const { miscounted } = await everyRedriveCrash({ redrive: markThenSend });
    expect(miscounted).toBeGreaterThan(0);
  });
});
