import { expect, test } from 'vitest';
import { expectFired, expectKept } from './expectations.ts';
import { ACCIDENTS, SETTINGS, type Setting } from './settings.ts';

async function keepsThePromise({ play, strikes }: Setting): Promise<void> {
  const totals = await play();
  expectKept(totals);
  expectFired(totals, [...strikes, ...ACCIDENTS]);
  expect(totals.cases).toBe(60);
}

test('The list first, and runs of their own for several projects, lose and invent nothing through days with every kind of fault', () =>
  keepsThePromise(SETTINGS.shards));

test('Processes that need not read again what nobody else wrote lose and invent nothing through days with every kind of fault', () =>
  keepsThePromise(SETTINGS.warm));

test('A store that fails over loses nothing that counted, and nothing is invented, through days with every kind of fault', () =>
  keepsThePromise(SETTINGS.failover));
