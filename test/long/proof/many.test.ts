import { expect, test } from 'vitest';
import { manyBigDays, manyWarmDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';

test('The list first, and runs of its own for a project, lose and invent nothing through days with every kind of fault', async () => {
  const totals = await manyBigDays({ seed: 'many', days: 60, minutes: 90 });
  expectKept(totals);
  expectFired(totals, [
    'summary: forgotten',
    'summary: stale',
    'run of its own',
    'run left to another',
    'run never started',
    'read from the cache',
    'crash: dies before',
    'crash: dies after',
    'stall',
    'overlap',
  ]);
  expect(totals.cases).toBe(60);
});

test('Processes that need not read again what nobody else wrote lose and invent nothing through days with every kind of fault', async () => {
  const totals = await manyWarmDays({ seed: 'warm', days: 60, minutes: 90 });
  expectKept(totals);
  expectFired(totals, [
    'read from the cache',
    'store: conflict',
    'store: stale read',
    'crash: dies before',
    'crash: dies after',
    'stall',
    'overlap',
  ]);
  expect(totals.cases).toBe(60);
});
