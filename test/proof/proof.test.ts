import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { everyCrash, everyPairOfCrashes } from './crashes.ts';
import { manyDays } from './days.ts';
import { ANSWERS, STORE_FAULTS } from './faults.ts';
import { everyInterleaving, OPENINGS, randomOverlaps } from './overlaps.ts';
import { ours, saveThenSend, sendThenSave } from './simple-designs.ts';
import { everyStall } from './stalls.ts';
import type { Totals } from './totals.ts';

const LONG = { timeout: 120_000 };

/** The promise holds in every case; a case that breaks it is named, and replays. */
function expectKept(totals: Totals): void {
  expect(totals.broken).toEqual([]);
  expect(totals.cases).toBeGreaterThan(0);
  expect(totals).toMatchObject({
    lost: 0,
    unexplained: 0,
    outOfOrder: 0,
    invented: 0,
    changedBytes: 0,
    leaks: 0,
  });
}

describe('every persisted change is delivered at least once or ends as a dead letter', () => {
  test('with one crash before or after every step: lost 0, at most 1 copy of a delivery', LONG, async () => {
    const totals = await everyCrash(ours);
    expectKept(totals);
    expect(totals.most).toBe(1);
    expect(totals.fired.get('crash: dies before')).toBeGreaterThan(0);
    expect(totals.fired.get('crash: dies after')).toBeGreaterThan(0);
  });

  test('with every ordered pair of crashes: lost 0, at most 2 copies of a delivery', LONG, async () => {
    const totals = await everyPairOfCrashes(ours);
    expectKept(totals);
    expect(totals.most).toBe(2);
  });

  test(
    'through days with every kind of fault, whatever the seed; the outbox stays bounded',
    LONG,
    async () => {
      const { totals, largest } = await manyDays({ seed: 'ci', days: 6, minutes: 1440 });
      expectKept(totals);
      for (const answer of ANSWERS) expect(totals.fired.get(`answer: ${answer}`), answer).toBeGreaterThan(0);
      for (const fault of STORE_FAULTS) expect(totals.fired.get(`store: ${fault}`), fault).toBeGreaterThan(0);
      expect(largest.outboxEvents).toBeLessThanOrEqual(64);
      expect(largest.itemBytes).toBeLessThan(300_000);
    },
  );
});

describe('two overlapping ticks make no duplicate', () => {
  test.each(Object.keys(OPENINGS))('in any interleaving (%s)', LONG, async (opening) => {
    const { totals } = await everyInterleaving({ design: ours, opening, moves: false });
    expectKept(totals);
    expect(totals.duplicates).toBe(0);
  });

  test('in any interleaving while the status moves on', LONG, async () => {
    const { totals } = await everyInterleaving({ design: ours, opening: 'a transition', moves: true });
    expectKept(totals);
    expect(totals.duplicates).toBe(0);
  });

  test('and three make none in random schedules', LONG, async () => {
    const totals = await randomOverlaps({ design: ours, seed: 'ci', cases: 2000 });
    expectKept(totals);
    expect(totals.duplicates).toBe(0);
  });
});

test(
  'a stalled run that wakes up late invents no change, and makes at most 1 copy of a delivery',
  LONG,
  async () => {
    const totals = await everyStall(ours, 3);
    expectKept(totals);
    expect(totals.most).toBeLessThanOrEqual(1);
    expect(totals.fired.get('stall')).toBeGreaterThan(0);
  },
);

describe('the same holds', () => {
  let dynalite: Dynalite;
  let folder: string;
  let tables = 0;
  beforeAll(async () => {
    dynalite = await startDynalite();
    folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-proof-'));
    for (let table = 0; table < 40; table += 1) await dynalite.createTable(`proof-${table}`);
  });
  afterAll(() => dynalite.close());

  test('on SQLite', LONG, async () => {
    let files = 0;
    const store = (now: () => number) => {
      files += 1;
      return openSqliteStore({ file: join(folder, `${files}.db`), now });
    };
    expectKept(await randomOverlaps({ design: ours, seed: 'sqlite', cases: 60, store }));
    expectKept((await manyDays({ seed: 'sqlite', days: 1, minutes: 300, store })).totals);
    expect(files).toBe(61);
  });

  test('on the DynamoDB API', LONG, async () => {
    const client = createDynamoClient(dynalite.settings);
    const store = (now: () => number) => {
      tables += 1;
      return openDynamoStore({ table: `proof-${tables - 1}`, now, client });
    };
    expectKept(await randomOverlaps({ design: ours, seed: 'dynamodb', cases: 30, store }));
    expectKept((await manyDays({ seed: 'dynamodb', days: 1, minutes: 120, store })).totals);
    expect(tables).toBe(31);
  });
});

describe('a harness that cannot fail proves nothing: it finds', () => {
  test('what "save, then send" loses', LONG, async () => {
    const totals = await everyCrash(saveThenSend);
    expect(totals.lost).toBeGreaterThan(0);
  });

  test('what "send, then save" tells twice', LONG, async () => {
    const totals = await everyCrash(sendThenSave);
    expect(totals.duplicates).toBeGreaterThan(0);
    const opening = 'a transition';
    const overlap = await everyInterleaving({ design: sendThenSave, opening, moves: false });
    expect(overlap.totals.unexplained).toBeGreaterThan(0);
  });
});
