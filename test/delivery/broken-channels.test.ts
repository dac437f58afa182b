import { describe, expect, test } from 'vitest';
import { MARK_KEY } from '../../lib/records/mark.ts';
import { afterSave, HOUR, MINUTE, replicates, ticks } from '../poll/support.ts';
import { numberOf } from '../support/number.ts';
import { useWorld } from '../support/use-world.ts';
import { channelsAt } from '../support/world.ts';

const world = useWorld();

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const numbers = (events: readonly object[]) => events.map(numberOf);

const TWO = { cutover: { type: 'webhook' }, other: { type: 'webhook' } };

describe('a channel that is broken', () => {
  test('keeps its pending deliveries, is announced to the others once, and is tried seldom', async () => {
    const { tick, status, receiver, clock, events, log } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    status('task-1', 'RUNNING');
    for (let minute = 0; minute < 120; minute += 1) {
      await tick();
      clock.advance(MINUTE);
    }
    expect(types(events('other'))).toEqual(['dcs.migration.first_seen', 'dcs.watch.channel_broken']);
    expect(receiver.at('/cutover').length).toBeGreaterThan(1);
    expect(receiver.at('/cutover').length).toBeLessThanOrEqual(5);
    expect(await tick()).toMatchObject({ pending: 1, dead: 0 });
    expect(log.filter((entry) => entry.kind === 'problem')).toHaveLength(1);
  });

  test.each([401, 403])('is one that answered %i three times in a row', async (refusal) => {
    const { tick, status, receiver, clock, events } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: refusal });
    status('task-1', 'RUNNING');
    await tick();
    clock.advance(2 * MINUTE);
    await tick();
    clock.advance(MINUTE);
    expect(types(events('other'))).toEqual(['dcs.migration.first_seen']);
    clock.advance(10 * MINUTE);
    await tick();
    await tick();
    expect(types(events('other'))).toEqual(['dcs.migration.first_seen', 'dcs.watch.channel_broken']);
  });

  test('is announced to the others in the same tick', async () => {
    const { tick, status, receiver, events } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    status('task-1', 'RUNNING');
    expect(await tick()).toMatchObject({ delivered: 2, pending: 1 });
    expect(types(events('other'))).toEqual(['dcs.migration.first_seen', 'dcs.watch.channel_broken']);
  });

  test.each([401, 403])(
    'after many refusals (%i) at once is tried soon, with one request',
    async (status) => {
      const tasks = Array.from({ length: 20 }, (_, index) => `task-${index}`);
      const { tick, receiver, clock, events, ...made } = await world({ tasks, channels: TWO });
      receiver.answer('/cutover', { status });
      for (const id of tasks) made.status(id, 'RUNNING');
      await tick();
      const requests = receiver.at('/cutover').length;
      expect(requests).toBeGreaterThanOrEqual(3);
      clock.advance(MINUTE - 1);
      await tick();
      expect(receiver.at('/cutover')).toHaveLength(requests);
      clock.advance(1);
      await tick();
      expect(receiver.at('/cutover')).toHaveLength(requests + 1);
      clock.advance(5 * MINUTE);
      await tick();
      expect(receiver.at('/cutover')).toHaveLength(requests + 2);

      receiver.answer('/cutover', { status: 200 });
      clock.advance(30 * MINUTE);
      expect(await tick()).toMatchObject({ delivered: 20, pending: 0 });
      const warnings = types(events('other')).filter((type) => type === 'dcs.watch.channel_broken');
      expect(warnings).toHaveLength(1);
    },
  );

  test('is tried with one request of the next task when the oldest action cannot be checked', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ tasks, channels: { cutover: { type: 'webhook' } } });
    const { clock, receiver, simulator, status, store, tick } = made;
    const setStatus = (word: string) => {
      for (const id of ['task-2', 'task-3']) status(id, word);
    };
    replicates(made, 'task-1');
    setStatus('RUNNING');
    await ticks(made, 2);
    receiver.answer('/cutover', { status: 410 });
    await ticks(made, 1);
    setStatus('TERMINATED');
    await ticks(made, 1);
    const requests = receiver.at('/cutover').length;

    clock.advance(30 * MINUTE);
    const hooked = afterSave(store, 1, () => simulator.fault('internal error', 1, 'stats'));
    expect(await tick({ store: hooked.store })).toMatchObject({ delivered: 0, pending: 3 });
    expect(simulator.fired['internal error']).toBe(1);
    expect(receiver.at('/cutover')).toHaveLength(requests + 1);

    receiver.answer('/cutover', { status: 200 });
    clock.advance(2 * HOUR);
    expect(await tick()).toMatchObject({ delivered: 3, pending: 0 });
  });

  test('gets each event once, in a chat, when it works again', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ tasks, channels: { ops: { type: 'slack' } } });
    made.receiver.answer('/ops', { status: 403, body: 'invalid_token' });
    for (const id of tasks) made.status(id, 'RUNNING');
    await made.tick();
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(30 * MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 3, pending: 0 });
    const bodies = made
      .slack('ops')
      .slice(1)
      .map(({ body }) => body);
    for (const id of tasks) {
      expect(
        bodies.filter((body) => body.includes(`name of ${id}`)),
        id,
      ).toHaveLength(1);
    }
  });

  test('is not announced anew, and stays broken, when another project is configured', async () => {
    const { tick, status, receiver, clock, config, events } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    status('task-1', 'RUNNING');
    await tick();
    const [project] = config.projects;
    if (project === undefined) throw new Error('no project');
    const projects = [{ ...project, id: '0123456789abcdef0123456789abcdef', name: 'a first' }, project];
    for (let minute = 0; minute < 25; minute += 1) {
      clock.advance(MINUTE);
      await tick({ config: { ...config, projects } });
    }
    expect(receiver.at('/cutover')).toHaveLength(1);
    const warnings = types(events('other')).filter((type) => type === 'dcs.watch.channel_broken');
    expect(warnings).toHaveLength(1);
  });

  test('gets everything pending, in order, as soon as its settings are corrected', async () => {
    const { tick, status, receiver, clock, config, events } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    for (const word of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
      status('task-1', word);
      await tick();
      clock.advance(MINUTE);
    }
    const mended = { cutover: { type: 'webhook', path: '/mended' }, other: { type: 'webhook' } };
    const summary = await tick({ config: { ...config, channels: channelsAt(receiver, mended) } });

    expect(summary).toMatchObject({ delivered: 3, pending: 0 });
    expect(numbers(events('mended'))).toEqual([1, 2, 3]);
  });

  test('has its deliveries end as dead letters at their deadline, each counted once', async () => {
    const { tick, status, receiver, clock, store } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    let dead = 0;
    for (const word of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
      status('task-1', word);
      dead += (await tick()).dead;
      clock.advance(MINUTE);
    }
    for (let hour = 0; hour < 100; hour += 1) {
      dead += (await tick()).dead;
      clock.advance(60 * MINUTE);
    }
    expect(dead).toBe(3);
    expect(await store.load('dead')).toHaveLength(3);
    expect(await tick()).toMatchObject({ pending: 0 });
  });

  test('gets no announcement of itself when it is the only one, and makes no loop', async () => {
    const { tick, status, receiver, clock, store } = await world({
      channels: { cutover: { type: 'webhook' } },
    });
    receiver.answer('/cutover', { status: 410 });
    status('task-1', 'RUNNING');
    for (let hour = 0; hour < 24; hour += 1) {
      await tick();
      clock.advance(60 * MINUTE);
    }
    const bodies = receiver.at('/cutover').map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
    const records = [
      ...(await store.load('project:254d2280acb74d36a8b839746bcd7352')),
      ...(await store.load('watcher')),
    ].filter(({ key }) => key.id !== MARK_KEY.id);
    expect(records.map(({ body }) => JSON.parse(body).outbox.length)).toEqual([1, 0]);
  });

  test('causes no endless warnings beside another broken channel', async () => {
    const { tick, status, receiver, clock, store } = await world({ channels: TWO });
    receiver.answer('/cutover', { status: 410 });
    receiver.answer('/other', { status: 410 });
    status('task-1', 'RUNNING');
    for (let hour = 0; hour < 48; hour += 1) {
      await tick();
      clock.advance(60 * MINUTE);
    }
    const ids = new Set(receiver.at('/other').map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBeLessThanOrEqual(2);
    expect(await store.load('dead')).toEqual(expect.any(Array));
  });
});

describe('a chat', () => {
  const CHAT = { ops: { type: 'slack' }, cutover: { type: 'webhook' } };

  test('gets at most one digest in ten minutes about a task that flaps; webhooks get everything', async () => {
    const { tick, status, clock, events, slack } = await world({ channels: CHAT });
    const minutes = 40;
    const moments: number[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      status('task-1', minute % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
      const before = slack('ops').length;
      await tick();
      if (slack('ops').length > before) moments.push(minute);
      clock.advance(MINUTE);
    }
    clock.advance(11 * MINUTE);
    expect(await tick()).toMatchObject({ pending: 0, dead: 0 });

    expect(numbers(events('cutover'))).toEqual(Array.from({ length: minutes }, (_, index) => index + 1));
    // The first ones are sent at once: nobody can know yet that the task flaps. Hours of it: test/long/promise.test.ts.
    const digests = moments.filter((minute) => minute > 5);
    expect(digests.length).toBeGreaterThanOrEqual(3);
    const gaps = digests.slice(1).map((minute, index) => minute - (digests[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10);
  });

  test('gets one digest in ten minutes about a flapping task beside many webhooks, too', async () => {
    const hooks = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`hook-${n}`, { type: 'webhook' }]),
    );
    const { tick, status, clock, slack } = await world({ channels: { ops: { type: 'slack' }, ...hooks } });
    for (let minute = 0; minute < 60; minute += 1) {
      status('task-1', minute % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
      await tick();
      clock.advance(MINUTE);
    }
    // The first ones are sent at once.
    expect(slack('ops').length).toBeLessThanOrEqual(5 + 6);
    expect(slack('ops').length).toBeGreaterThanOrEqual(6);
  });

  test('gets one message for many tasks that change in the same tick; webhooks get each event', async () => {
    const tasks = Array.from({ length: 25 }, (_, index) => `task-${index}`);
    const { tick, status, clock, slack, events } = await world({ tasks, channels: CHAT });
    for (const id of tasks) status(id, 'FULLMIGRATING');
    await tick();
    clock.advance(MINUTE);
    for (const id of tasks) status(id, 'INCRMIGEATING');
    expect(await tick()).toMatchObject({ delivered: 50, pending: 0 });

    expect(slack('ops')).toHaveLength(2);
    expect(slack('ops')[1]?.body).toContain('25 events of 25 tasks');
    expect(events('cutover')).toHaveLength(50);
  });

  test.each([
    ['first seen', ['FULLMIGRATING']],
    ['changed', ['FULLMIGRATING', 'INCRMIGEATING']],
  ])(
    'gets as many tasks that were %s in one message as the remaining time allows, and the others in the next tick',
    async (_words, path) => {
      const tasks = Array.from({ length: 40 }, (_, index) => `task-${index}`);
      const { tick, status, slack, log } = await world({ tasks, channels: { ops: { type: 'slack' } } });
      const [last = '', ...before] = path.toReversed();
      for (const word of before) {
        for (const id of tasks) status(id, word);
        await tick();
      }
      for (const id of tasks) status(id, last);
      const messages = slack('ops').length;
      const first = await tick({ remainingMs: 25_500 });
      expect(first.pending).toBeGreaterThan(10);
      expect(first).toMatchObject({ delivered: 40 - first.pending });
      expect(first.delivered).toBeGreaterThan(10);
      expect(slack('ops')).toHaveLength(messages + 1);
      const why = 'this run is nearly out of time';
      expect(log).toContainEqual({ kind: 'deliveries_postponed', channel: 'ops', why });

      expect(await tick()).toMatchObject({ delivered: first.pending, pending: 0 });
      expect(slack('ops')).toHaveLength(messages + 2);
    },
  );

  test('gets a refused message about many tasks again as one, whatever the jitter', async () => {
    const tasks = Array.from({ length: 6 }, (_, index) => `task-${index}`);
    const { tick, status, clock, slack, receiver } = await world({
      tasks,
      channels: { ops: { type: 'slack' } },
    });
    for (const id of tasks) status(id, 'FULLMIGRATING');
    receiver.answer('/ops', { status: 500 });
    let draws = 0;
    const random = () => (draws++ % 2 === 0 ? 0 : 0.999);
    expect(await tick({ random })).toMatchObject({ delivered: 0, pending: 6 });
    receiver.answer('/ops', { status: 200, body: 'ok' });
    // A wait of a minute, give or take a fifth.
    for (const ms of [50_000, 25_000]) {
      clock.advance(ms);
      await tick({ random });
    }
    expect(slack('ops')).toHaveLength(2);
    for (const { body } of slack('ops')) expect(body).toContain('6 tasks are now watched');
  });

  test('gets a digest that failed at first later, with how late it is', async () => {
    const tasks = Array.from({ length: 12 }, (_, index) => `task-${index}`);
    const { tick, status, clock, slack, receiver } = await world({ tasks, channels: CHAT });
    for (const id of tasks) status(id, 'FULLMIGRATING');
    await tick();
    for (const id of tasks) status(id, 'FAILED');
    receiver.answer('/ops', { status: 503 });
    expect(await tick()).toMatchObject({ pending: 12 });
    receiver.answer('/ops', { status: 200, body: 'ok' });
    clock.advance(5 * MINUTE);
    expect(await tick()).toMatchObject({ pending: 0 });
    expect(slack('ops').at(-1)?.body).toContain('12 events of 12 tasks');
    expect(slack('ops').at(-1)?.body).toContain('delayed by 5 min');
  });
});
