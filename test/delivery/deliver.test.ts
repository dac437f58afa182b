import { describe, expect, test } from 'vitest';
import type { Store } from '../../lib/store/store.ts';
import { numberOf } from '../support/number.ts';
import { useWorld } from '../support/use-world.ts';
import { channelsAt, keptOpen, type World, type WorldOptions } from '../support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const numbers = (events: readonly object[]) => events.map(numberOf);

const WEBHOOK = { cutover: { type: 'webhook' } };

describe('a delivery', () => {
  test('is repeated with the same id and the same bytes, and a new timestamp, after the answer was lost', async () => {
    const { tick, status, receiver, clock } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', 'reset');
    expect(await tick()).toMatchObject({ delivered: 0, pending: 1 });
    const refused = receiver.at('/cutover').length;
    expect(refused).toBeGreaterThan(0);

    receiver.answer('/cutover', { status: 204 });
    clock.advance(2 * MINUTE);
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });

    const [first] = receiver.at('/cutover');
    const last = receiver.at('/cutover').at(-1);
    expect(last?.body).toBe(first?.body);
    expect(last?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(last?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
  });

  test('waits as scheduled before it is repeated', async () => {
    const { tick, status, receiver, clock } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 500 });
    await tick();
    clock.advance(30_000);
    await tick();
    expect(receiver.at('/cutover')).toHaveLength(1);
    clock.advance(MINUTE);
    await tick();
    expect(receiver.at('/cutover')).toHaveLength(2);
  });

  test('is not repeated after a permanent refusal, and ends as a dead letter', async () => {
    const { tick, status, receiver, clock, store } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 422 });
    expect(await tick()).toMatchObject({ delivered: 0, pending: 0, dead: 1 });
    clock.advance(HOUR);
    expect(await tick()).toMatchObject({ dead: 0 });

    expect(receiver.at('/cutover')).toHaveLength(1);
    const [deadLetter] = await store.load('dead');
    expect(JSON.parse(deadLetter?.body ?? '')).toMatchObject({
      channel: 'cutover',
      why: 'refused',
      delivery: { attempts: 1 },
    });
  });

  test('does not start when the remaining time does not cover it and its acknowledgement', async () => {
    const { tick, status, receiver } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');

    expect(await tick({ remainingMs: 15_500 })).toMatchObject({ events: 1, delivered: 0, pending: 1 });
    expect(receiver.at('/cutover')).toHaveLength(0);
  });
});

describe('the order of events', () => {
  test('is kept for each task and channel: a later event waits until the earlier one has ended', async () => {
    const { tick, status, receiver, clock, events } = await world({ channels: WEBHOOK });
    receiver.answer('/cutover', { status: 500 });
    for (const word of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
      status('task-1', word);
      await tick();
      clock.advance(10_000);
    }
    expect(new Set(numbers(events('cutover')))).toEqual(new Set([1]));
    const before = events('cutover').length;

    receiver.answer('/cutover', { status: 200 });
    clock.advance(HOUR);
    expect(await tick()).toMatchObject({ delivered: 3, pending: 0 });
    expect(numbers(events('cutover')).slice(before)).toEqual([1, 2, 3]);
  });

  test('of one task does not hold up another task', async () => {
    const { tick, status, receiver, events } = await world({
      tasks: ['task-1', 'task-2'],
      channels: WEBHOOK,
    });
    status('task-1', 'RUNNING');
    status('task-2', 'RUNNING');
    receiver.answer('/cutover', ({ body }) => ({ status: body.includes('"subject":"task-1"') ? 500 : 200 }));

    expect(await tick()).toMatchObject({ delivered: 1, pending: 1 });
    expect(
      events('cutover')
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['task-1', 'task-2']);
  });
});

describe('the events of one look', () => {
  const BOTH = ['dcs.migration.status_changed', 'dcs.migration.regressed'];

  /** A task that was replicating and copies everything anew: that is two events. */
  async function fallenBack(channels: WorldOptions['channels']): Promise<World> {
    const made = await world({ ...(channels !== undefined && { channels }) });
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(MINUTE);
    made.status('task-1', 'FULLMIGRATING');
    return made;
  }

  test('are one message to a chat and one request each to a program', async () => {
    const { tick, slack, events } = await fallenBack(undefined);
    expect(await tick()).toMatchObject({ events: 2, delivered: 4, pending: 0 });

    expect(events('cutover').map(({ type }) => type)).toEqual(['dcs.migration.first_seen', ...BOTH]);
    expect(slack('ops')).toHaveLength(2);
    expect(slack('ops')[1]?.body).toContain('do not cut over');
    expect(slack('ops')[1]?.body).toContain('also: ⚠️ fell back from incremental replication');
  });

  test('are acknowledged one by one: a run that dies in between repeats only the others', async () => {
    const { tick, slack, store, clock } = await fallenBack({ ops: { type: 'slack' } });
    const dying = diesAtAcknowledgement(store, 2);
    await tick({ store: dying.store });
    expect(dying.fired()).toBeGreaterThan(0);
    expect(slack('ops')).toHaveLength(2);

    clock.advance(2 * MINUTE);
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });
    expect(slack('ops')).toHaveLength(3);
    expect(slack('ops')[2]?.body).toContain('do not cut over');
    expect(slack('ops')[2]?.body).not.toContain('also:');
  });

  test('are all sent again when the chat did not take the message', async () => {
    const { tick, slack, receiver, clock } = await fallenBack({ ops: { type: 'slack' } });
    receiver.answer('/ops', { status: 503 });
    expect(await tick()).toMatchObject({ delivered: 0, pending: 2 });
    receiver.answer('/ops', { status: 200, body: 'ok' });
    clock.advance(2 * MINUTE);
    expect(await tick()).toMatchObject({ delivered: 2, pending: 0 });

    const [, refused, taken] = slack('ops');
    expect(refused?.body).toContain('also:');
    expect(taken?.body).toBe(refused?.body);
  });
});

describe('a channel that never works', () => {
  test('does not affect the others, and its deliveries end as dead letters, each counted once', async () => {
    const channels = { dead: { type: 'webhook' }, alive: { type: 'webhook' }, ops: { type: 'slack' } };
    const { tick, status, receiver, clock, events, slack, store } = await world({ channels });
    receiver.answer('/dead', 'reset');
    const words = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING', 'TERMINATED'];
    let dead = 0;
    for (const word of words) {
      status('task-1', word);
      dead += (await tick()).dead;
      clock.advance(MINUTE);
    }
    for (let hour = 0; hour < 24 * 8; hour += 1) {
      dead += (await tick()).dead;
      clock.advance(HOUR);
    }

    expect(numbers(events('alive'))).toEqual([1, 2, 3, 4, 5]);
    expect(slack('ops')).toHaveLength(5);
    expect(receiver.at('/dead').length).toBeGreaterThan(5);
    expect(dead).toBe(5);
    expect(await tick()).toMatchObject({ pending: 0 });
    // Dead letters are kept for 30 days, so the eight days of this test are still there.
    expect(await store.load('dead')).toHaveLength(5);
  });
});

describe('a channel that asks for a pause', () => {
  test('is left alone by all tasks until the pause is over', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const { tick, status, receiver, clock } = await world({ tasks, channels: { ops: { type: 'slack' } } });
    for (const id of tasks) status(id, 'RUNNING');
    await tick();
    receiver.answer('/ops', { status: 429, headers: { 'retry-after': '600' } });
    for (const id of tasks) status(id, 'FULLMIGRATING');
    expect(await tick()).toMatchObject({ delivered: 0, pending: 3 });
    expect(receiver.at('/ops')).toHaveLength(2);

    receiver.answer('/ops', { status: 200, body: 'ok' });
    clock.advance(9 * MINUTE);
    await tick();
    expect(receiver.at('/ops')).toHaveLength(2);
    clock.advance(2 * MINUTE);
    expect(await tick()).toMatchObject({ delivered: 3, pending: 0 });
  });
});

describe('simultaneous answers', () => {
  const tasks = Array.from({ length: 8 }, (_, index) => `task-${index}`);

  /** Eight requests are under way; the first one is answered like this, and the others arrive. */
  async function answeredFirst(status: number, headers: Readonly<Record<string, string>> = {}) {
    const made = await world({ tasks, channels: WEBHOOK });
    for (const id of tasks) made.status(id, 'RUNNING');
    let requests = 0;
    made.receiver.answer('/cutover', () => {
      requests += 1;
      return requests === 1 ? { status, headers } : { status: 204 };
    });
    expect(await made.tick()).toMatchObject({ delivered: 7, pending: 1 });
    return made;
  }

  test('with one 429 among successes pause the whole channel for as long as it asks', async () => {
    const { status, tick, receiver, clock } = await answeredFirst(429, { 'retry-after': '3600' });
    for (const id of tasks) status(id, 'FULLMIGRATING');
    clock.advance(59 * MINUTE);
    expect(await tick()).toMatchObject({ delivered: 0 });
    expect(receiver.at('/cutover')).toHaveLength(8);
    clock.advance(MINUTE);
    expect(await tick()).toMatchObject({ delivered: 9, pending: 0 });
  });

  test('with one 410 among successes leave the channel broken until it is tried again', async () => {
    const { tick, receiver, clock } = await answeredFirst(410);
    clock.advance(29 * MINUTE);
    expect(await tick()).toMatchObject({ brokenChannels: 1, pending: 1 });
    expect(receiver.at('/cutover')).toHaveLength(8);
    clock.advance(MINUTE);
    expect(await tick()).toMatchObject({ brokenChannels: 0, delivered: 1, pending: 0 });
  });
});

describe('a channel of the configuration', () => {
  test('that was removed has its deliveries cancelled, and the log says how many', async () => {
    const { tick, status, receiver, config, log, clock } = await world({
      channels: { old: { type: 'webhook' }, ops: { type: 'slack' } },
    });
    status('task-1', 'RUNNING');
    receiver.answer('/old', { status: 500 });
    expect(await tick()).toMatchObject({ pending: 1 });
    clock.advance(MINUTE);

    const changed = { ...config, channels: channelsAt(receiver, { ops: { type: 'slack' } }) };
    expect(await tick({ config: changed })).toMatchObject({ pending: 0, dead: 1 });
    expect(log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'old', count: 1 });
  });

  test('that was added gets events from then on', async () => {
    const { tick, status, receiver, config, events } = await world({ channels: { ops: { type: 'slack' } } });
    status('task-1', 'RUNNING');
    await tick();
    const changed = {
      ...config,
      channels: channelsAt(receiver, { ops: { type: 'slack' }, late: { type: 'webhook' } }),
    };
    status('task-1', 'FULLMIGRATING');
    await tick({ config: changed });
    expect(numbers(events('late'))).toEqual([2]);
  });
});

describe('two ticks at the same time', () => {
  test('detect a change once and send it once', async () => {
    const { tick, status, events, slack } = await world();
    status('task-1', 'RUNNING');
    const both = await Promise.all([tick(), tick()]);

    expect(both.map((summary) => summary.events).toSorted()).toEqual([0, 1]);
    expect(events('cutover')).toHaveLength(1);
    expect(slack('ops')).toHaveLength(1);
  });

  test('do not both repeat what is due', async () => {
    const { tick, status, receiver, clock } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 500 });
    await tick();
    receiver.answer('/cutover', { status: 200 });
    clock.advance(5 * MINUTE);

    const both = await Promise.all([tick(), tick()]);
    expect(both.map(({ delivered }) => delivered).toSorted()).toEqual([0, 1]);
    expect(receiver.at('/cutover')).toHaveLength(2);
  });
});

describe('a run that died while it was sending', () => {
  test('is taken over when its lease is over, and the event is delivered again with the same id', async () => {
    const { tick, status, store, clock, events, log } = await world({ channels: WEBHOOK });
    status('task-1', 'RUNNING');
    const dying = diesAtAcknowledgement(store);
    const startedAt = clock.now();
    await tick({ store: dying.store });
    expect(dying.fired()).toBeGreaterThan(0);
    expect(events('cutover')).toHaveLength(1);

    clock.advance(MINUTE / 2);
    expect(await tick()).toMatchObject({ delivered: 0, pending: 1 });
    const until = new Date(startedAt + MINUTE).toISOString().slice(11, 19);
    expect(log).toContainEqual({
      kind: 'notice',
      message: `another run is delivering from 1 record; if it was stopped, the next tick after ${until} UTC takes over`,
    });
    clock.advance(startedAt + MINUTE - clock.now());
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });
    const [first, second] = events('cutover');
    expect(second?.id).toBe(first?.id);
  });
});

/** From the acknowledgement with this number on, nothing that is written gets there. */
function diesAtAcknowledgement(store: Store, number = 1): { store: Store; fired(): number } {
  let saves = 0;
  let fired = 0;
  return {
    fired: () => fired,
    store: {
      ...keptOpen(store),
      save: async (item) => {
        if (item.key.partition === 'watcher') return store.save(item);
        saves += 1;
        if (saves <= number) return store.save(item);
        fired += 1;
        throw new Error('the process is gone');
      },
    },
  };
}
