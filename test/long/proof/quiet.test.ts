import { describe, expect, test } from 'vitest';
import { manyQuietDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';
import { everyCrashInQuietHours, playQuiet } from './quiet.ts';
import { ours } from './simple-designs.ts';

describe('a chat with quiet hours', () => {
  test('gets what they held in one message, and an excepted event with what waits before it', async () => {
    const { scheduler } = await playQuiet(ours, []);
    const sent = scheduler.taken.flatMap(({ name }) => (name.startsWith('send ops') ? [name] : []));
    // First sights; the failure of one task with what came before; all else of both tasks; what comes afterwards.
    expect(sent).toEqual(['send ops 1,1', 'send ops 2,3', 'send ops 2,3,4', 'send ops 4']);
  });

  test('A crash at any step around quiet hours loses nothing and keeps the order', async () => {
    const totals = await everyCrashInQuietHours(ours);
    expectKept(totals);
    expectFired(totals, ['crash: dies before', 'crash: dies after']);
    expect(totals).toMatchObject({ most: 1, dead: 0 });
  });

  test('loses nothing through days with every kind of fault', async () => {
    expectKept(await manyQuietDays({ seed: 'quiet', days: 20, minutes: 90 }));
  });
});
