import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { tick } from '../../lib/tick.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { everyAnswer, everyDeadChannel, everyStoreFault, everyWrongClock, playFlood } from './accidents.ts';
import { crashesAfter, everyCrash, everyPairOfCrashes, playCrashes } from './crashes.ts';
import { manyDays, playDay } from './days.ts';
import { delaysAt } from './delays.ts';
import { ANSWERS, LOOK_FAULTS, STORE_FAULTS } from './faults.ts';
import { everyInterleaving, OPENINGS, playOverlap, randomOverlaps } from './overlaps.ts';
import { replay, traceOf } from './replay.ts';
import { type Design, ours, saveThenSend, sendThenSave } from './simple-designs.ts';
import { CANARIES, CHANNELS, type Simulation } from './simulation.ts';
import { everyStall } from './stalls.ts';
import { partOf } from './stores.ts';
import { breachOf, type Totals } from './totals.ts';

const LONG = { timeout: 120_000 };

interface CaseOptions {
  readonly traced: boolean;
  readonly store?: (now: () => number) => Store;
}

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
    stuck: 0,
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
      for (const fault of LOOK_FAULTS) expect(totals.fired.get(`look: ${fault}`), fault).toBeGreaterThan(0);
      for (const accident of ['crash: dies before', 'crash: dies after', 'stall', 'channel removed']) {
        expect(totals.fired.get(accident), accident).toBeGreaterThan(0);
      }
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

describe('what goes wrong once in a while costs no more than it must', () => {
  test('a store that fails, keeps its answer or tells the past, at every request', LONG, async () => {
    const totals = await everyStoreFault(ours);
    expectKept(totals);
    expect(totals.most).toBe(1);
    for (const fault of STORE_FAULTS) expect(totals.fired.get(`store: ${fault}`), fault).toBeGreaterThan(0);
  });

  test('every answer, at every send: a copy only where the answer was ambiguous', LONG, async () => {
    const totals = await everyAnswer(ours);
    expectKept(totals);
    expect(totals.duplicates).toBe(
      (totals.fired.get('answer: answer lost') ?? 0) + (totals.fired.get('answer: late answer') ?? 0),
    );
    for (const answer of ANSWERS) expect(totals.fired.get(`answer: ${answer}`), answer).toBeGreaterThan(0);
  });

  test(
    'a channel that is dead for ever costs the others nothing, and ends as dead letters',
    LONG,
    async () => {
      const totals = await everyDeadChannel(ours);
      expectKept(totals);
      expect(totals.duplicates).toBe(0);
    },
  );

  test(
    'more changes than an outbox holds: it stays bounded, the oldest end as dead letters',
    LONG,
    async () => {
      for (const channel of CHANNELS) {
        const simulation = await playFlood(ours, channel);
        const verdict = await simulation.drain();
        expect(breachOf(verdict, 0)).toBeUndefined();
        expect(verdict.deliveries).toBe(600);
        expect(simulation.largest.outboxEvents).toBe(64);
      }
    },
  );

  test('a clock that is an hour behind, an hour ahead or in 2038 holds nothing up', LONG, async () => {
    const { totals, longestMs } = await everyWrongClock(ours);
    expectKept(totals);
    expect(totals.most).toBeLessThanOrEqual(1);
    // The waits between attempts, not the clock: a lease, a wait or a rest until 2038 would never end.
    expect(longestMs).toBeLessThan(6 * 3_600_000);
  });
});

describe('every store leaves the same trace, step by step', () => {
  let dynalite: Dynalite;
  let client: ReturnType<typeof createDynamoClient>;
  let folder: string;
  beforeAll(async () => {
    dynalite = await startDynalite();
    client = createDynamoClient(dynalite.settings);
    folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-proof-'));
    await dynalite.createTable('proof');
  });
  afterAll(async () => {
    client.destroy();
    await dynalite.close();
    await rm(folder, { recursive: true });
  });

  /** Plays cases on a store and in memory. @returns how many */
  async function compare(
    open: (now: () => number, name: string) => Store,
    { overlaps, minutes, everyNthCrash }: { overlaps: number; minutes: number; everyNthCrash: number },
  ): Promise<number> {
    const crashes = await crashesAfter(ours, []);
    const cases: ((options: CaseOptions) => Promise<Simulation>)[] = [
      ...crashes
        .filter((_, index) => index % everyNthCrash === 0)
        .map((crash) => (options: CaseOptions) => playCrashes(ours, [crash], options)),
      ...Array.from({ length: overlaps }, (_, index) => (options: CaseOptions) => {
        return playOverlap({ design: ours, seed: `stores/${index}`, ...options });
      }),
      (options) => playDay({ seed: 'stores', minutes, ...options }),
    ];
    for (const [index, play] of cases.entries()) {
      const memory = await play({ traced: true });
      const other = await play({ traced: true, store: (now) => open(now, `case-${index}`) });
      expect(traceOf(other)).toEqual(traceOf(memory));
      expect(await other.drain()).toEqual(await memory.drain());
    }
    return cases.length;
  }

  test('SQLite as memory', LONG, async () => {
    const stores: Store[] = [];
    const open = (now: () => number, name: string) => {
      const store = openSqliteStore({ file: join(folder, `${stores.length % 4}.db`), now });
      stores.push(store);
      return partOf(store, name);
    };
    expect(await compare(open, { overlaps: 150, minutes: 720, everyNthCrash: 1 })).toBeGreaterThan(200);
    expect(stores.length).toBeGreaterThan(200);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('the DynamoDB API as memory', LONG, async () => {
    const open = (now: () => number, name: string) =>
      partOf(openDynamoStore({ table: 'proof', now, client }), name);
    expect(await compare(open, { overlaps: 60, minutes: 360, everyNthCrash: 3 })).toBeGreaterThan(80);
    expect(dynalite.requests.PutItem).toBeGreaterThan(1000);
  });
});

describe('a case', () => {
  test.each([
    'dies after step 4 and dies before step 11',
    'a transition and on, choices 0.0.1.0.1.2',
    'overlap ci/7',
    'day ci/1 of 60 minutes',
    'tick 1 stalls at step 3, wakes 2 steps late, in turns',
    'store answer lost at request 5, 1 in a row',
    'answer late answer at send 2',
    'channel audit answers for ever: gone 410',
    'clock in 2038 in 1 ticks from 0, dies at 3',
  ])('is replayed from its words, the same to the last byte: %s', async (words) => {
    const [first, second] = [await replay(ours, words), await replay(ours, words)];
    expect(traceOf(first).length).toBeGreaterThan(5);
    expect(traceOf(second)).toEqual(traceOf(first));
  });
});

test(
  'the sooner receivers answer, the sooner they know: without failures in the very tick',
  LONG,
  async () => {
    const calm = await delaysAt(0, 'ci');
    expect(calm).toMatchObject({ p50: 0, p99: 0 });
    expect(calm.deliveries).toBeGreaterThan(50);
    expect((await delaysAt(0.5, 'ci')).p99).toBeGreaterThan(0);
  },
);

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

  test(
    'that one dead channel makes "send, then save" repeat everything to the healthy ones',
    LONG,
    async () => {
      expect((await everyDeadChannel(sendThenSave)).duplicates).toBeGreaterThan(0);
      expect((await everyDeadChannel(saveThenSend)).lost).toBeGreaterThan(0);
    },
  );

  test('changes that were never so, when a stalled run wakes up', LONG, async () => {
    expect((await everyStall(sendThenSave, 9)).invented).toBeGreaterThan(0);
  });

  test('a planted leak', async () => {
    const careless: Design = {
      ...ours,
      tick: ({ log, ...input }) =>
        tick({
          ...input,
          log: (entry) => log({ kind: 'notice', message: `${entry.kind} ${CANARIES.header}` }),
        }),
    };
    const totals = await everyCrash(careless);
    expect(totals.leaks).toBeGreaterThan(0);
  });
});
