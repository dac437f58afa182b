import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../../lib/http/undici.ts';
import type { Store } from '../../../lib/store/store.ts';
import { HOUR, MINUTE, SECOND, WEBHOOK, world } from '../../poll/support.ts';
import { keptOpen, type World } from '../../support/world.ts';
import { dyingAt, inShort, redriveIn, statesIn } from './support.ts';

const REFUSED = { status: 422 };
const TAKEN = { status: 204 };
/** The id of each request in order, repeats included. */
const idsAt = ({ receiver }: World) => receiver.at('/cutover').map(({ headers }) => headers['webhook-id']);
const deadIn = async (made: World) => (await statesIn(made)).filter((state) => state.endsWith('dead'));

/** So many events come and arrive that the record has forgotten what arrived before. */
async function arriveUntilForgotten({ status, tick, clock }: World): Promise<void> {
  for (let n = 0; n < 64; n += 1) {
    status('task-1', n % 2 === 0 ? 'AAA' : 'BBB');
    clock.advance(MINUTE);
    await tick();
  }
}

describe('a delivery that has to make room while it is on its way', () => {
  test('and arrives, leaves no dead letter, and no redrive sends it again', async () => {
    const made = await world({ channels: WEBHOOK });
    const { clock, receiver, status, tick } = made;
    receiver.answer('/cutover', { status: 500 });
    for (let n = 0; n < 64; n += 1) {
      status('task-1', n % 2 === 0 ? 'AAA' : 'BBB');
      await tick();
      clock.advance(SECOND);
    }
    clock.advance(HOUR);
    receiver.answer('/cutover', TAKEN);
    const before = idsAt(made).length;

    const inner = createHttpClient();
    let overlaps = 0;
    await tick({
      http: {
        ...inner,
        // Another run detects one more change while the answer to the oldest is under way.
        async request(...args) {
          const answer = await inner.request(...args);
          if (args[0].method === 'POST' && overlaps === 0) {
            overlaps += 1;
            status('task-1', 'FAILED');
            await tick();
          }
          return answer;
        },
      },
    });
    await inner.close();
    expect(overlaps).toBe(1);
    const arrived = idsAt(made).slice(before);
    expect(arrived.length).toBeGreaterThanOrEqual(64);
    expect(new Set(arrived).size).toBe(arrived.length);

    expect(await deadIn(made)).toEqual([]);
    await arriveUntilForgotten(made);
    expect(inShort(await redriveIn(made))).toEqual([]);
  });
});

describe('a dead letter whose delivery is still pending', () => {
  /** The event is refused, and the run ends after its dead letter is stored. */
  async function withStoredDeadLetter(
    end: (store: Store) => { store: Store; fired(): boolean },
  ): Promise<World> {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', REFUSED);
    const ending = end(made.store);
    await made.tick({ store: ending.store });
    expect(ending.fired()).toBe(true);
    expect(await made.store.load('dead')).toHaveLength(1);
    expect(await statesIn(made)).toEqual(['1 cutover pending']);
    made.clock.advance(3 * MINUTE);
    made.receiver.answer('/cutover', TAKEN);
    return made;
  }
  const died = () => withStoredDeadLetter((store) => dyingAt(store, 4, 'before'));

  /** The event is not sent again: not now, and not when the record has forgotten it. */
  async function expectSettled(made: World): Promise<void> {
    expect(await deadIn(made)).toEqual([]);
    await arriveUntilForgotten(made);
    expect(await deadIn(made)).toEqual([]);
    const before = idsAt(made).length;
    expect(inShort(await redriveIn(made))).toEqual([]);
    expect(idsAt(made)).toHaveLength(before);
    const [item] = await made.store.load('project:254d2280acb74d36a8b839746bcd7352');
    expect(JSON.parse(item?.body ?? '')).not.toHaveProperty('deadLettersUpTo');
  }

  test('is resolved when the event arrives after all', async () => {
    const made = await died();
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    await expectSettled(made);
  });

  test('is resolved when the event arrives some attempts later, too', async () => {
    const made = await died();
    made.receiver.answer('/cutover', { status: 500 });
    await made.tick();
    made.clock.advance(10 * MINUTE);
    made.receiver.answer('/cutover', TAKEN);
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    await expectSettled(made);
  });

  test('is resolved when the next run detects a change first, too', async () => {
    const made = await died();
    made.status('task-1', 'FAILED');
    expect(await made.tick()).toMatchObject({ delivered: 2, pending: 0 });
    await expectSettled(made);
  });

  test('is resolved by the same run, which writes again and sends nothing twice', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', REFUSED);
    const failing = failingAt(made.store, 4);
    expect(await made.tick({ store: failing.store })).toMatchObject({
      delivered: 0,
      dead: 1,
      failedRecords: 1,
      pending: 0,
    });
    expect(failing.fired()).toBe(1);
    made.receiver.answer('/cutover', TAKEN);
    expect(await made.tick()).toMatchObject({ delivered: 0, dead: 0, pending: 0 });
    expect(idsAt(made)).toHaveLength(1);
    expect(await statesIn(made)).toEqual(['1 cutover dead']);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
    await expectSettled(made);
  });

  test('costs no read where there is no dead letter', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'RUNNING');
    const reads: string[] = [];
    const store: Store = {
      ...keptOpen(made.store),
      async get(key) {
        reads.push(`${key.partition}/${key.id}`);
        return made.store.get(key);
      },
    };
    expect(await made.tick({ store })).toMatchObject({ delivered: 1 });
    expect(reads).toEqual(['watcher/watcher', 'watcher/mark']);
  });
});

/** The save with this number fails, and nothing else. */
function failingAt(store: Store, number: number) {
  let saves = 0;
  let fired = 0;
  return {
    fired: () => fired,
    store: {
      ...keptOpen(store),
      async save(item: Parameters<Store['save']>[0]) {
        saves += 1;
        if (saves !== number) return store.save(item);
        fired += 1;
        throw new Error('the store is away');
      },
    },
  };
}
