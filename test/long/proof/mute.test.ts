import { describe, expect, test } from 'vitest';
import { manyMutedDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';
import { everyCrashWhileMuted, playMuted } from './mute.ts';
import { ours } from './simple-designs.ts';

describe('a chat that is muted', () => {
  test.each([false, true])(
    'gets what was held in one message, and nothing before (ended: %s)',
    async (isEnded) => {
      const { scheduler } = await playMuted(ours, [], { isEnded });
      const sent = scheduler.taken.flatMap(({ name }) => (name.startsWith('send ops') ? [name] : []));
      // First sights; all of both tasks that was held, with the failure; what comes afterwards.
      expect(sent).toEqual(['send ops 1,1', 'send ops 2,3,4,2,3', 'send ops 4']);
    },
  );

  test('A crash at any step around a mute loses nothing and keeps the order', async () => {
    for (const isEnded of [false, true]) {
      const totals = await everyCrashWhileMuted(ours, isEnded);
      expectKept(totals);
      expectFired(totals, ['crash: dies before', 'crash: dies after']);
      expect(totals).toMatchObject({ most: 1, dead: 0 });
    }
  });

  test('loses nothing through days with every kind of fault', async () => {
    const totals = await manyMutedDays({ seed: 'mute', days: 20, minutes: 90 });
    expectKept(totals);
    expectFired(totals, ['muted', 'unmuted']);
  });
});
