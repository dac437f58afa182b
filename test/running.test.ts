import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../lib/store/dynamodb/dynamodb.ts';
import { createMemoryStore } from '../lib/store/memory.ts';
import { openSqliteStore } from '../lib/store/sqlite/sqlite.ts';
import type { Store } from '../lib/store/store.ts';
import type { TestClock } from './support/clock.ts';
import { numberOf } from './support/number.ts';
import { type Dynalite, startDynalite } from './support/store-dynalite.ts';
import { useWorld } from './support/use-world.ts';
import { keptOpen, PROJECT_ID, type World, type WorldOptions } from './support/world.ts';

let dynalite: Dynalite;
let folder: string;
beforeAll(async () => {
  dynalite = await startDynalite();
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-running-'));
});
afterAll(async () => {
  await dynalite.close();
  await rm(folder, { recursive: true });
});

const world = useWorld();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const numbers = (events: readonly object[]) => events.map(numberOf);

type Open = (clock: TestClock) => Store;

/** Each opens the same place as often as it is called, as several programs do. */
const PLACES: Readonly<Record<string, () => Promise<Open>>> = {
  memory: async () => {
    let only: Store | undefined;
    return (clock) => {
      only ??= createMemoryStore({ now: clock.now });
      return only;
    };
  },
  SQLite: async () => {
    const file = join(await mkdtemp(join(folder, 'place-')), 'watch.db');
    return (clock) => openSqliteStore({ file, now: clock.now });
  },
  DynamoDB: async () => {
    const table = `running-${Math.random().toString(36).slice(2)}`;
    await dynalite.createTable(table);
    return (clock) =>
      openDynamoStore({ table, now: clock.now, client: createDynamoClient(dynalite.settings) });
  },
};

describe.each(Object.keys(PLACES))('with its state in %s, the program', (name) => {
  const CHANNELS = { ops: { type: 'slack' }, cutover: { type: 'webhook' } };

  async function placed(options: WorldOptions = {}): Promise<{ made: World; open: () => Store }> {
    const place = await PLACES[name]?.();
    if (place === undefined) throw new Error(`no place ${name}`);
    const made = await world({ channels: CHANNELS, ...options, store: place });
    return { made, open: () => place(made.clock) };
  }

  test('started twice in the same second makes no extra event and sends nothing twice', async () => {
    const { made, open } = await placed({ tasks: ['task-1', 'task-2', 'task-3'] });
    for (const status of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED']) {
      for (const task of ['task-1', 'task-2', 'task-3']) made.status(task, status);
      const [mine, theirs] = [open(), open()];
      const both = await Promise.all([made.tick({ store: mine }), made.tick({ store: theirs })]);
      expect(both.reduce((sum, { events }) => sum + events, 0)).toBe(3);
      made.clock.advance(MINUTE);
    }
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0, pending: 0 });
    for (const task of ['task-1', 'task-2', 'task-3']) {
      const sent = made.events('cutover').filter(({ subject }) => subject === task);
      expect(numbers(sent)).toEqual([1, 2, 3, 4]);
    }
  });

  test('started again by the same trigger has nothing to do', async () => {
    const { made } = await placed();
    made.status('task-1', 'RUNNING');
    await made.tick();
    for (let again = 0; again < 3; again += 1) {
      expect(await made.tick()).toMatchObject({ changed: 0, events: 0, delivered: 0, pending: 0 });
    }
    expect(made.receiver.at('/cutover')).toHaveLength(1);
    expect(made.slack('ops')).toHaveLength(1);
  });

  test('started six hours late sends each change that can still be seen once, and all pending events', async () => {
    const { made } = await placed();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/ops', { status: 503 });
    expect(await made.tick()).toMatchObject({ pending: 1 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });

    made.clock.advance(6 * HOUR);
    made.status('task-1', 'INCRMIGEATING');
    expect(await made.tick()).toMatchObject({ changed: 1, events: 1, delivered: 3, pending: 0, dead: 0 });

    expect(types(made.events('cutover'))).toEqual([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
    ]);
    expect(made.slack('ops')[1]?.body).toContain('delayed by 6 h');
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0 });
  });

  const WRONG = { 'an hour behind': -HOUR, 'an hour ahead': HOUR, 'in 2038': 12.1 * 365.25 * 24 * HOUR };

  test.each(Object.entries(WRONG))(
    'with a clock %s for three ticks loses no event, and its lease holds up no other run',
    async (_when, wrongBy) => {
      const { made, open } = await placed();
      made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('RUNNING') ? 500 : 200 }));
      made.status('task-1', 'RUNNING');
      await made.tick();

      made.clock.advance(wrongBy);
      made.status('task-1', 'FULLMIGRATING');
      const dying = diesOnceItHasSaved('FULLMIGRATING', open());
      expect(await made.tick({ store: dying.store })).toMatchObject({ events: 1 });
      expect(dying.fired()).toBeGreaterThan(0);
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();
      await made.tick();
      made.clock.advance(-wrongBy);

      made.receiver.answer('/cutover', { status: 200, body: 'ok' });
      let pending = 1;
      for (let minute = 0; pending > 0 && minute < 4 * 60; minute += 1) {
        made.clock.advance(MINUTE);
        ({ pending } = await made.tick());
      }
      expect(pending).toBe(0);
      const [first, ...others] = firstCopies(made);
      expect([first, ...others]).toEqual([1, 2, 3]);
      const records = await made.store.load(`project:${PROJECT_ID}`);
      for (const { body } of records) expect(JSON.parse(body)).not.toHaveProperty('lease');
    },
  );
});

/** The numbers of the events that a webhook took, in the order of their first copies. */
function firstCopies({ events }: World): number[] {
  return [...new Set(numbers(events('cutover')))];
}

/** A change to this status and its lease are saved; nothing after that, as if the process had died. */
function diesOnceItHasSaved(status: string, store: Store): { store: Store; fired(): number } {
  let isGone = false;
  let fired = 0;
  return {
    fired: () => fired,
    store: {
      ...keptOpen(store),
      save: async (item) => {
        if (isGone) {
          fired += 1;
          throw new Error('the process is gone');
        }
        const saved = await store.save(item);
        isGone = saved === 'saved' && item.body.includes(status);
        return saved;
      },
    },
  };
}

describe('a DynamoDB table that throttles', () => {
  /** As often as the client asks before it gives up. */
  const ATTEMPTS = 3;
  /** As often as a run writes one acknowledgement before it gives up. */
  const ACKNOWLEDGEMENTS = 4;

  async function throttledWorld(): Promise<{ made: World; store: Store }> {
    const place = await PLACES['DynamoDB']?.();
    if (place === undefined) throw new Error('no place');
    const made = await world({ channels: { cutover: { type: 'webhook' } }, store: place });
    return { made, store: made.store };
  }

  test('for a whole tick keeps everything from being sent; the next tick sends it', async () => {
    const { made } = await throttledWorld();
    made.status('task-1', 'RUNNING');
    const reads = dynalite.fault('Query', 'throttled', ATTEMPTS);

    await expect(made.tick()).rejects.toThrow('ThrottlingException');

    expect(reads.fired).toBe(ATTEMPTS);
    expect(made.receiver.at('/cutover')).toHaveLength(0);
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 1, pending: 0 });
  });

  test('for all writes of a tick keeps everything from being sent; the next tick sends it', async () => {
    const { made } = await throttledWorld();
    made.status('task-1', 'RUNNING');
    // Which projects there are, and the change.
    const writes = dynalite.fault('PutItem', 'throttled', 2 * ATTEMPTS);

    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0 });

    expect(writes.fired).toBe(2 * ATTEMPTS);
    expect(made.receiver.at('/cutover')).toHaveLength(0);
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 1, pending: 0 });
    expect(made.receiver.at('/cutover')).toHaveLength(1);
  });

  /** The writes of the first acknowledgement that are throttled, whenever it is written. */
  function throttleAcknowledgement({ receiver }: World, writes: number): { fired(): number | undefined } {
    let fault: ReturnType<Dynalite['fault']> | undefined;
    receiver.answer('/cutover', () => {
      fault ??= dynalite.fault('PutItem', 'throttled', writes * ATTEMPTS);
      return { status: 200 };
    });
    return { fired: () => fault?.fired };
  }

  test('only at the acknowledgement costs no repeat when it is over before the run is', async () => {
    const { made } = await throttledWorld();
    made.status('task-1', 'RUNNING');
    const acknowledgement = throttleAcknowledgement(made, ACKNOWLEDGEMENTS - 1);
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 1, pending: 0 });
    expect(acknowledgement.fired()).toBe((ACKNOWLEDGEMENTS - 1) * ATTEMPTS);

    made.clock.advance(3 * MINUTE);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0, pending: 0 });
    expect(made.events('cutover')).toHaveLength(1);
  });

  test('only at the acknowledgement costs one repeat at most, with the same id', async () => {
    const { made } = await throttledWorld();
    made.status('task-1', 'RUNNING');
    const acknowledgement = throttleAcknowledgement(made, ACKNOWLEDGEMENTS);
    expect(await made.tick()).toMatchObject({
      events: 1,
      delivered: 0,
      pending: 1,
      failedRecords: ACKNOWLEDGEMENTS,
    });
    expect(acknowledgement.fired()).toBe(ACKNOWLEDGEMENTS * ATTEMPTS);

    made.clock.advance(3 * MINUTE);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 1, pending: 0 });
    made.clock.advance(3 * MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 0 });

    const [first, second, ...more] = made.events('cutover');
    expect(second).toEqual(first);
    expect(more).toEqual([]);
  });
});
