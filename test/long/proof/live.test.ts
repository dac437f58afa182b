import { describe, expect, test } from 'vitest';
import { manyLiveDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';
import { everyCrashWhileLive, playLive } from './live.ts';
import { ours } from './simple-designs.ts';

describe('a chat that edits its messages', () => {
  test('gets one message for each task, and each later event as a reply', async () => {
    const { scheduler } = await playLive(ours, []);
    const steps = scheduler.taken.map(({ name }) => name);
    expect(steps.filter((name) => name === 'root ops')).toEqual([]);
    expect(steps.filter((name) => name.startsWith('send ops'))).toHaveLength(5);
    // One for each change. Each run here is a cold start, and shows nothing anew that stands there already.
    expect(steps.filter((name) => name === 'edit ops')).toHaveLength(3);
  });

  test('A crash at any step around messages, replies and edits loses nothing and keeps the order', async () => {
    const totals = await everyCrashWhileLive(ours);
    expectKept(totals);
    expectFired(totals, ['crash: dies before', 'crash: dies after']);
    expect(totals).toMatchObject({ most: 1, dead: 0 });
  });

  test('loses nothing through days with every kind of fault', async () => {
    const totals = await manyLiveDays({ seed: 'live', days: 20, minutes: 90 });
    expectKept(totals);
    expectFired(totals, ['edit: ok', 'edit: time-out', 'root: ok']);
  });
});
