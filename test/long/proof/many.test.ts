import { expect, test } from 'vitest';
import { manyBigDays, manyFailoverDays, manyWarmDays } from './days.ts';
import { expectFired, expectKept } from './expectations.ts';

test('The list first, and runs of their own for several projects, lose and invent nothing through days with every kind of fault', async () => {
  const totals = await manyBigDays({ seed: 'many', days: 60, minutes: 90 });
  expectKept(totals);
  expectFired(totals, [
    'summary: forgotten',
    'summary: stale',
    'run of its own',
    'run left to another',
    'run lost',
    'run refused',
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

test('A store that fails over loses nothing that counted, and nothing is invented, through days with every kind of fault', async () => {
  const totals = await manyFailoverDays({ seed: 'failover', days: 60, minutes: 90 });
  expectKept(totals);
  expectFired(totals, [
    'store: unconfirmed',
    'store: failover',
    'store: replica is back',
    'crash: dies before',
    'crash: dies after',
    'stall',
    'overlap',
  ]);
  expect(totals.cases).toBe(60);
});
