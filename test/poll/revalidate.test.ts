import { describe, expect, test } from 'vitest';
import { StoreError } from '../../lib/store/errors.ts';
import type { Item } from '../../lib/store/store.ts';
import { keptOpen, type World, type WorldOptions } from '../support/world.ts';
import {
  afterSave,
  callsSince,
  costOfTick,
  deadLetters,
  eventsAt,
  HOUR,
  lags,
  logged,
  MINUTE,
  problems,
  replicates,
  ticks,
  typesAt,
  WEBHOOK,
  world,
} from './support.ts';

const READY = 'migration.cutover_ready';
const UNREADY = 'migration.cutover_unready';
const CHANGED = 'migration.status_changed';
const RECORD = { partition: 'project:254d2280acb74d36a8b839746bcd7352', id: 'task:task-1' };

/** A task that was found ready while its webhook is down; the next attempt is due now. */
async function readyWhileDown(options: WorldOptions = { channels: WEBHOOK }): Promise<World> {
  const made = await world(options);
  replicates(made, ...(options.tasks ?? ['task-1']));
  await ticks(made, 2);
  made.receiver.answer('/cutover', { status: 500 });
  await ticks(made, 1);
  expect(eventsAt(made).at(-1)?.type).toBe('dcs.migration.cutover_ready');
  return made;
}

/** From here on the webhook works, and only what arrives now counts. */
function works(made: World, channel = 'cutover') {
  made.receiver.answer(`/${channel}`, { status: 200 });
  const before = eventsAt(made, channel).length;
  return {
    events: () => eventsAt(made, channel).slice(before),
    types: () => typesAt(made, channel).slice(before),
  };
}

describe('an action', () => {
  test('is sent byte for byte if it is still valid when its webhook works again', async () => {
    const made = await readyWhileDown();
    const [first] = made.receiver.at('/cutover').slice(-1);
    const arrived = works(made);

    await ticks(made, 1);

    expect(arrived.types()).toEqual([READY]);
    const [again] = made.receiver.at('/cutover').slice(-1);
    expect(again?.body).toBe(first?.body);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  test('is checked before each attempt, and no other event is', async () => {
    const made = await readyWhileDown();
    made.receiver.answer('/cutover', { status: 200 });
    const look = { show: 1, list: 0, stats: 1, logs: 0 };
    const both = { ...look, show: 2, stats: 2 };

    expect((await costOfTick(made)).calls).toEqual(both);
    expect((await costOfTick(made)).calls).toEqual(look);
    lags(made.simulator, 'task-1');
    expect((await costOfTick(made)).calls).toEqual(look);
  });

  test('is sent at once beside many deliveries that wait for others', async () => {
    const when = { events: ['migration.cutover_ready' as const] };
    const made = await world({
      channels: { audit: { type: 'webhook' }, cutover: { type: 'webhook', when } },
    });
    made.receiver.answer('/audit', { status: 500 });
    for (let i = 0; i < 40; i += 1) {
      made.status('task-1', `A${i}`);
      await ticks(made, 1);
    }
    replicates(made, 'task-1');
    await ticks(made, 2);
    const { calls, summary } = await costOfTick(made);

    expect(summary.pending).toBeGreaterThan(32);
    expect(calls).toMatchObject({ show: 2, stats: 2 });
    expect(typesAt(made)).toEqual([READY]);
  });

  test('is withdrawn without another call when its tick finds it invalid', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    lags(made.simulator, 'task-1');

    const { calls, summary } = await costOfTick(made);

    expect(calls).toMatchObject({ show: 1, stats: 1 });
    expect(arrived.types()).toEqual([UNREADY]);
    expect(summary).toMatchObject({ events: 1, delivered: 1, pending: 0, dead: 1 });
    expect(await deadLetters(made)).toMatchObject([
      { why: 'withdrawn', channel: 'cutover', event: { type: `dcs.${READY}` } },
    ]);
    expect(logged(made, 'withdrawn')).toMatchObject([{ channel: 'cutover' }]);
  });

  test('waits while a burst of writes makes a lag, and is sent after it without a retraction', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    lags(made.simulator, 'task-1', 500_000);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0, pending: 1, dead: 0 });
    made.clock.advance(MINUTE);
    // Not so near that it would be announced, and near enough to stay ready.
    lags(made.simulator, 'task-1', 50_000);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 1, pending: 0, dead: 0 });
    expect(arrived.types()).toEqual([READY]);
  });

  test('is withdrawn when the lag stays for three looks', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    lags(made.simulator, 'task-1', 500_000);
    await ticks(made, 2);
    expect(arrived.types()).toEqual([]);
    await ticks(made, 1);
    expect(arrived.types()).toEqual([UNREADY]);
    expect(await deadLetters(made)).toMatchObject([{ why: 'withdrawn', event: { type: `dcs.${READY}` } }]);
  });

  test('is withdrawn when the look right before it is sent finds it invalid', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    // Its tick found it true: the first write takes the lease to send it.
    const hooked = afterSave(made.store, 1, () => lags(made.simulator, 'task-1', 9e9));

    const summary = await made.tick({ store: hooked.store });

    expect(hooked.fired()).toBe(1);
    expect(arrived.types()).toEqual([UNREADY]);
    expect(arrived.events()[0]?.data.readiness?.offset).toBe(9e9);
    expect(summary).toMatchObject({ events: 1, delivered: 1, pending: 0, dead: 1 });
    expect(logged(made, 'event').at(-1)?.event.type).toBe(`dcs.${UNREADY}`);
    expect(logged(made, 'withdrawn')).toHaveLength(1);
  });

  test('is withdrawn when that look finds another phase, even without statistics', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const hooked = afterSave(made.store, 1, () => {
      made.status('task-1', 'FULLMIGRATING');
      made.simulator.deny('stats');
    });

    await made.tick({ store: hooked.store });

    expect(hooked.fired()).toBe(1);
    expect(arrived.types().slice(0, 2)).toEqual([UNREADY, CHANGED]);
    expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['withdrawn']);
  });

  test('is retracted on all other channels in the tick that withdraws it for one', async () => {
    const made = await readyWhileDown({ channels: { cutover: { type: 'webhook' }, ops: { type: 'slack' } } });
    works(made);
    const before = made.slack('ops').length;
    const hooked = afterSave(made.store, 1, () => lags(made.simulator, 'task-1'));

    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 2, pending: 0 });

    expect(hooked.fired()).toBe(1);
    expect(made.slack('ops').length).toBe(before + 1);
    expect(made.slack('ops').at(-1)?.body).toContain('no longer ready');
  });

  test('is reissued for the channel that did not get it when it is too old', async () => {
    const made = await readyWhileDown({
      channels: { cutover: { type: 'webhook' }, other: { type: 'webhook' }, ops: { type: 'slack' } },
    });
    const [original] = eventsAt(made).slice(-1);
    await ticks(made, 90);
    const tried = eventsAt(made).filter(({ type }) => type === `dcs.${READY}`);
    const arrived = works(made);
    const others = [eventsAt(made, 'other').length, made.slack('ops').length];
    made.clock.advance(3 * HOUR);

    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });

    const [renewed] = arrived.events();
    expect(arrived.types()).toEqual([READY]);
    expect(renewed?.id).not.toBe(original?.id);
    expect(Number(renewed?.sequence)).toBeGreaterThan(Number(original?.sequence));
    expect(renewed?.data.sequence).toBe(renewed?.sequence);
    expect(renewed?.data.validUntil).toBe(new Date(made.clock.now() + HOUR).toISOString());
    expect(renewed?.data.renews).toBe(original?.id);
    expect([eventsAt(made, 'other').length, made.slack('ops').length]).toEqual(others);
    expect(logged(made, 'renewed').length).toBeGreaterThan(0);
    for (const event of tried) {
      expect(Date.parse(event.data.validUntil ?? '')).toBeGreaterThan(Date.parse(event.time));
    }
  });

  test('is retracted by the id that everybody knows, even if it was reissued', async () => {
    const made = await readyWhileDown({
      channels: { cutover: { type: 'webhook' }, other: { type: 'webhook' } },
    });
    const [original] = eventsAt(made, 'other').slice(-1);
    made.clock.advance(3 * HOUR);
    const arrived = works(made);
    await ticks(made, 1);
    lags(made.simulator, 'task-1');
    await ticks(made, 1);

    const [renewed, unready] = arrived.events();
    expect(renewed?.data.renews).toBe(original?.id);
    expect(unready?.data.readiness?.retracts).toBe(original?.id);
    expect(eventsAt(made, 'other').at(-1)).toEqual(unready);
  });

  test('keeps its first deadline, however often it is reissued', async () => {
    const made = await readyWhileDown();
    const begun = made.clock.now();
    let dead = 0;
    for (let hour = 0; hour < 80; hour += 1) {
      dead = Math.max(dead, (await deadLetters(made)).filter(({ why }) => why === 'deadline').length);
      await made.tick();
      made.clock.advance(HOUR);
    }

    const deadlines = (await deadLetters(made)).filter(({ why }) => why === 'deadline');
    expect(deadlines).toHaveLength(1);
    expect(Date.parse(deadlines[0]?.event.time ?? '') - begun).toBeLessThanOrEqual(73 * HOUR);
    expect((await made.tick()).pending).toBe(0);
  });
});

describe('while the validity of an action is unknown', () => {
  test.each([
    ['the look fails', 'show'],
    ['the statistics fail', 'stats'],
  ] as const)('it waits, and is sent once it is known: %s', async (_why, call) => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const fault = afterSave(made.store, 1, () => made.simulator.fault('internal error', 1, call));

    expect(await made.tick({ store: fault.store })).toMatchObject({ delivered: 0, pending: 1, dead: 0 });
    expect(fault.fired()).toBe(1);
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(arrived.events()).toEqual([]);
    expect(logged(made, 'deliveries_postponed').at(-1)?.why).toContain('could not be checked again');

    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    expect(arrived.types()).toEqual([READY]);
  });

  test('the later events of its task wait behind it, in order; other tasks and channels go on', async () => {
    const made = await readyWhileDown({
      tasks: ['task-1', 'task-2'],
      channels: { cutover: { type: 'webhook' }, other: { type: 'webhook' } },
    });
    made.status('task-2', 'TERMINATED');
    await ticks(made, 1);
    const arrived = works(made);
    made.clock.advance(5 * MINUTE);
    // A task that fails while a word about it waits: its reasons are the next tick's matter.
    const fault = afterSave(
      made.store,
      1,
      () => made.simulator.fault('internal error', 1, 'stats'),
      ({ key }) => key.id === 'task:task-1',
    );
    await made.tick({ store: fault.store });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(arrived.events().map(({ subject }) => subject)).toEqual(['task-2']);

    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 1);

    const ofTask1 = arrived.events().filter(({ subject }) => subject === 'task-1');
    expect(ofTask1.map(({ type }) => type)).toEqual([
      `dcs.${UNREADY}`,
      `dcs.${CHANGED}`,
      'dcs.migration.regressed',
    ]);
    const sequences = ofTask1.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted());
  });

  test('it is not sent when the task has succeeded meanwhile, and holds up nothing', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    made.status('task-1', 'SUCCESS');

    await ticks(made, 2);

    expect(arrived.types()).toEqual([CHANGED]);
    expect(await deadLetters(made)).toMatchObject([{ why: 'withdrawn' }]);
  });

  test('it waits for the list when the task seems to have succeeded a moment ago', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const hooked = afterSave(made.store, 1, () => made.status('task-1', 'SUCCESS'));
    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 0, pending: 1 });
    expect(hooked.fired()).toBe(1);

    await ticks(made, 1);

    expect(arrived.types()).toEqual([CHANGED]);
    expect(arrived.events()[0]?.data.severity).toBe('success');
  });

  test('a failure that the look finds is reported by the next tick, with its reasons', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const hooked = afterSave(made.store, 1, () => {
      made.status('task-1', 'FAILED');
      made.simulator.setListed('task-1', { error_message: 'Out of memory.' });
    });
    await made.tick({ store: hooked.store });
    expect(hooked.fired()).toBe(1);
    expect(arrived.events()).toEqual([]);

    await ticks(made, 1);

    expect(arrived.types()).toEqual([UNREADY, CHANGED]);
    expect(arrived.events().at(-1)?.data.dossier?.errorMessage).toBe('Out of memory.');
  });

  test('a key that cools down is not used to find out', async () => {
    const made = await readyWhileDown({ tasks: ['task-1', 'task-2'], channels: WEBHOOK });
    const arrived = works(made);
    made.simulator.fault('throttled for years', 1);
    await ticks(made, 1);
    expect(made.simulator.fired['throttled for years']).toBe(1);
    const before = { ...made.simulator.calls };

    await ticks(made, 1);

    expect(callsSince(made, before)).toEqual({ show: 0, list: 0, stats: 0, logs: 0 });
    expect(arrived.events()).toEqual([]);
  });
});

describe('an action of a task that is no longer watched', () => {
  test('is withdrawn, and later events are sent', async () => {
    const made = await readyWhileDown({
      tasks: ['task-1', 'task-2'],
      channels: WEBHOOK,
    });
    await ticks(made, 1);
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 1);
    const arrived = works(made);
    made.clock.advance(HOUR);
    const [project] = made.config.projects;
    const tasks = project?.tasks.filter(({ id }) => id !== 'task-1') ?? [];
    const config = { ...made.config, projects: project === undefined ? [] : [{ ...project, tasks }] };

    expect(await made.tick({ config })).toMatchObject({ pending: 0 });

    const ofTask1 = arrived.events().filter(({ subject }) => subject === 'task-1');
    expect(ofTask1.map(({ type }) => type)).toEqual([
      `dcs.${UNREADY}`,
      `dcs.${CHANGED}`,
      'dcs.migration.regressed',
    ]);
    expect(logged(made, 'withdrawn').at(-1)?.why).toContain('no longer watched');
  });

  test('is not one whose project was only renamed', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const config = {
      ...made.config,
      projects: made.config.projects.map((project) => ({ ...project, name: 'renamed' })),
    };

    await made.tick({ config });

    expect(arrived.types()).toEqual([READY]);
  });
});

describe('readiness that was lost and regained while the webhook was down', () => {
  test('arrives once, as it is now, in order', async () => {
    const made = await readyWhileDown();
    lags(made.simulator, 'task-1');
    await ticks(made, 1);
    replicates(made, 'task-1');
    await ticks(made, 4);
    const arrived = works(made);
    made.clock.advance(HOUR);

    await ticks(made, 1);

    expect(arrived.types()).toEqual([UNREADY, READY]);
    // The retracted event is withdrawn; the other one is reissued, so nothing is lost.
    expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['withdrawn']);
    const [unready, ready] = arrived.events();
    expect(Number(ready?.sequence)).toBeGreaterThan(Number(unready?.sequence));
    expect(Date.parse(ready?.data.validUntil ?? '')).toBeGreaterThan(made.clock.now() - MINUTE);
  });

  test('is sent to two channels, each with its own event', async () => {
    const made = await readyWhileDown({
      channels: { cutover: { type: 'webhook' }, other: { type: 'webhook' } },
    });
    made.receiver.answer('/other', { status: 500 });
    lags(made.simulator, 'task-1');
    await ticks(made, 1);
    replicates(made, 'task-1');
    await ticks(made, 3);
    made.clock.advance(2 * HOUR);
    const one = works(made);
    await made.tick();
    made.clock.advance(2 * HOUR);
    const two = works(made, 'other');
    await made.tick();

    for (const { types, events } of [one, two]) {
      expect(types()).toEqual([UNREADY, READY]);
      const ready = events().at(-1);
      expect(Date.parse(ready?.data.validUntil ?? '')).toBeGreaterThan(Date.parse(ready?.time ?? ''));
      expect(ready?.data.renews).toBeDefined();
    }
    expect(one.events()[1]?.id).not.toBe(two.events()[1]?.id);
    expect(one.events()[1]?.data.renews).toBe(two.events()[1]?.data.renews);
  });
});

describe('while an action is checked', () => {
  test('a run that takes over ends it, and the slower one sends nothing', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    // Another run writes the record, under its own lease, after this one took it.
    const hooked = afterSave(made.store, 1, async () => {
      lags(made.simulator, 'task-1');
      const item = await made.store.get(RECORD);
      const record = JSON.parse(item?.body ?? '');
      const lease = { owner: 'another run', until: new Date(made.clock.now() + MINUTE).toISOString() };
      await made.store.save({
        key: RECORD,
        rev: (item?.rev ?? 0) + 1,
        nonce: 'another',
        body: JSON.stringify({ ...record, lease }),
      });
    });

    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 0, events: 0 });

    expect(hooked.fired()).toBe(1);
    expect(arrived.events()).toEqual([]);
    expect(problems(made).at(-1)).toContain('another run took over');
    expect(JSON.parse((await made.store.get(RECORD))?.body ?? '').lease.owner).toBe('another run');
  });

  test('events that another run adds are kept and considered', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    // An overlapping tick notices the lag itself; the lease stays with the first.
    const hooked = afterSave(made.store, 1, async () => {
      lags(made.simulator, 'task-1');
      await made.tick();
    });

    await made.tick({ store: hooked.store });
    await ticks(made, 1);

    expect(hooked.fired()).toBe(1);
    expect(arrived.types()).toEqual([UNREADY]);
    expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['withdrawn']);
  });

  test.each([2, 3])(
    'a store that fails at write %i costs nothing: the next tick is correct',
    async (write) => {
      const made = await readyWhileDown();
      const arrived = works(made);
      let saves = 0;
      let fired = 0;
      const store = {
        ...keptOpen(made.store),
        async save(item: Item) {
          saves += 1;
          if (saves === write) {
            fired += 1;
            throw new StoreError('unavailable', 'the table is throttled');
          }
          const saved = await made.store.save(item);
          if (saves === 1) lags(made.simulator, 'task-1');
          return saved;
        },
      };

      expect(await made.tick({ store })).toMatchObject({ delivered: 0 });
      expect(fired).toBe(1);
      expect(arrived.events()).toEqual([]);
      made.clock.advance(2 * MINUTE);
      expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });

      expect(arrived.types()).toEqual([UNREADY]);
      expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['withdrawn']);
    },
  );

  test.each([1, 2])('a crash after write %i costs nothing, even if it was to be reissued', async (write) => {
    const made = await readyWhileDown();
    const arrived = works(made);
    made.clock.advance(3 * HOUR);
    let saves = 0;
    const store = {
      ...keptOpen(made.store),
      async save(item: Item) {
        saves += 1;
        if (saves > write) throw new StoreError('unavailable', 'crashed');
        return made.store.save(item);
      },
    };
    await made.tick({ store });
    expect(saves).toBeGreaterThan(write);
    const early = arrived.events().length;
    made.clock.advance(2 * MINUTE);
    await ticks(made, 1);

    const received = arrived.events();
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    expect(received.length).toBeLessThanOrEqual(early + 1);
    expect(received.every(({ data }) => Date.parse(data.validUntil ?? '') > made.clock.now() - HOUR)).toBe(
      true,
    );
  });
});
