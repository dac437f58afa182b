import { describe, expect, test } from 'vitest';
import { everyCrashWhenBusy } from './busy.ts';
import { everyCrash, everyPairOfCrashes } from './crashes.ts';
import { manyDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';
import { FAULT_KINDS } from './faults.ts';
import { ANSWERS } from './receivers.ts';
import { LOOK_FAILURES } from './service.ts';
import { ours } from './simple-designs.ts';
import { everyStall } from './stalls.ts';

const DEATHS = ['crash: dies before', 'crash: dies after'] as const;

describe('every persisted change is delivered at least once or ends as a dead letter', () => {
  test('with one crash before or after every step: lost 0, at most 1 copy of a delivery', async () => {
    const totals = await everyCrash(ours);
    expectKept(totals);
    expectFired(totals, DEATHS);
    expect(totals).toMatchObject({ most: 1, dead: 0 });
  });

  test('with every ordered pair of crashes: lost 0, at most 2 copies of a delivery', async () => {
    const totals = await everyPairOfCrashes(ours);
    expectKept(totals);
    expect(totals).toMatchObject({ most: 2, dead: 0 });
  });

  test('with one crash at every third step while everything else fails, too', async () => {
    const totals = await everyCrashWhenBusy(ours, 3);
    expectKept(totals);
    expectFired(totals, [
      'crash: dies after',
      ...ANSWERS.map((answer) => `answer: ${answer}`),
      ...LOOK_FAILURES.map((fault) => `look: ${fault}`),
      ...[
        'dead letter: refused',
        'deliveries cancelled',
        'event: watch.channel_broken',
        'event: migration.gone',
      ],
    ]);
  });

  test('through days with every kind of fault; the outbox stays bounded', async () => {
    const { totals, largest } = await manyDays({ seed: 'ci', days: 8, minutes: 1440 });
    expectKept(totals);
    expectFired(totals, Object.values(FAULT_KINDS).flat());
    expect(largest.outboxEvents).toBeLessThanOrEqual(64);
    expect(largest.itemBytes).toBeLessThan(300_000);
  });
});

test('a stalled run that wakes up late, at every step, invents nothing and makes at most 1 copy', async () => {
  const totals = await everyStall(ours);
  expectKept(totals);
  expect(totals).toMatchObject({ most: 1, dead: 0 });
  expectFired(totals, ['stall']);
});
