import { describe, expect, test } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import type { World, WorldOptions } from '../support/world.ts';
import { eventsAt, HOUR, lags, MINUTE, replicates, ticks, typesAt, WEBHOOK, world } from './support.ts';

const READY = 'migration.cutover_ready';
const UNREADY = 'migration.cutover_unready';
const aboutReadiness = (types: readonly string[]) => types.filter((type) => type.includes('cutover'));

describe('readiness for the cut-over', () => {
  test('reaches a webhook and Slack at the third look in a row, with a fencing token, and not before', async () => {
    const made = await world();
    replicates(made, 'task-1');
    await ticks(made, 2);
    expect(aboutReadiness(typesAt(made))).toEqual([]);
    const now = made.clock.now();
    await ticks(made, 5);

    expect(aboutReadiness(typesAt(made))).toEqual([READY]);
    const event = eventsAt(made).at(-1);
    expect(event?.data).toMatchObject({
      readiness: { offset: 0, maxOffset: 1000, keyGapPercent: 0, looks: 3 },
      sequence: event?.sequence,
      validUntil: new Date(now + 60 * MINUTE).toISOString(),
    });
    expect(made.slack('ops').filter(({ body }) => body.includes('ready for the cut-over'))).toHaveLength(1);
  });

  test('starts its count again when one look finds a lag', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 2);
    lags(made.simulator, 'task-1');
    await ticks(made, 1);
    replicates(made, 'task-1');
    await ticks(made, 2);
    expect(aboutReadiness(typesAt(made))).toEqual([]);
    await ticks(made, 1);
    expect(aboutReadiness(typesAt(made))).toEqual([READY]);
  });

  test('is retracted in both channels at the first look that finds it far behind, with the id of the first event', async () => {
    const made = await world();
    replicates(made, 'task-1');
    await ticks(made, 3);
    lags(made.simulator, 'task-1', 9e9);
    await ticks(made, 1);

    expect(aboutReadiness(typesAt(made))).toEqual([READY, UNREADY]);
    const [ready, unready] = eventsAt(made).slice(-2);
    expect(unready?.data.readiness).toMatchObject({ retracts: ready?.id, offset: 9e9 });
    expect(made.slack('ops').at(-1)?.body).toContain('no longer ready');
  });

  test('survives lag spikes of a busy source, and is retracted when the lag stays', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 3);
    for (const offset of [572, 0, 90_000, 4_000_000, 0, 14, 900_000, 900_000, 80_000]) {
      lags(made.simulator, 'task-1', offset);
      await ticks(made, 1);
    }
    expect(aboutReadiness(typesAt(made))).toEqual([READY]);
    lags(made.simulator, 'task-1', 900_000);
    await ticks(made, 3);
    expect(aboutReadiness(typesAt(made))).toEqual([READY, UNREADY]);
  });

  test.each([
    ['the statistics fail', (made: World) => made.simulator.fault('internal error', 99, 'stats')],
    ['the looks at it fail', (made: World) => made.simulator.fault('internal error', 99, 'show')],
    ['its project fails', (made: World) => made.simulator.fault('bad gateway', 99)],
    ['its endpoint asks for a pause', (made: World) => made.simulator.fault('throttled for years', 1)],
    ['the access key may not read the statistics any more', (made: World) => made.simulator.deny('stats')],
  ])('is retracted when %s in three ticks in a row, and not before', async (_why, breakIt) => {
    const made = await world({ tasks: ['task-1', 'task-2'], channels: WEBHOOK });
    replicates(made, 'task-1', 'task-2');
    await ticks(made, 3);
    breakIt(made);
    await ticks(made, 2);
    expect(aboutReadiness(typesAt(made))).toEqual([READY, READY]);
    await ticks(made, 1);
    expect(aboutReadiness(typesAt(made))).toEqual([READY, READY, UNREADY, UNREADY]);
    expect(eventsAt(made).at(-1)?.data.severity).toBe('action');
  });

  test('survives two ticks without figures', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 3);
    for (let i = 0; i < 4; i += 1) {
      made.simulator.fault('internal error', 2, 'stats');
      await ticks(made, 3);
    }

    expect(made.simulator.fired['internal error']).toBe(8);
    expect(aboutReadiness(typesAt(made))).toEqual([READY]);
  });

  test('is retracted when the task falls back to a full synchronisation, and announced again after the next one', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 3);
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 1);
    replicates(made, 'task-1');
    await ticks(made, 3);

    expect(aboutReadiness(typesAt(made))).toEqual([READY, UNREADY, READY]);
    const sequences = eventsAt(made).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted());
  });

  test.each(['TERMINATING', 'TERMINATED', 'SUCCESS'])(
    'ends without an event when somebody cuts over and the task is %s',
    async (status) => {
      const made = await world({ channels: WEBHOOK });
      replicates(made, 'task-1');
      await ticks(made, 3);
      made.status('task-1', status);
      await ticks(made, 4);

      expect(aboutReadiness(typesAt(made))).toEqual([READY]);
      expect(typesAt(made).at(-1)).toBe('migration.status_changed');
    },
  );

  test('ends without an event once the clients are switched to the target', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 3);
    made.simulator.setTask(
      'task-1',
      realisticAnswer('INCRMIGEATING', { task_id: 'task-1', task_status: 'EXCHANGE_SUCCESS' }),
    );
    await ticks(made, 1);
    lags(made.simulator, 'task-1');
    await ticks(made, 3);

    expect(typesAt(made).slice(-2)).toEqual([READY, 'migration.ip_switched']);
  });
});

describe('readiness that a channel got', () => {
  const ORDERS = { id: 'task-1', labels: { team: 'orders' } };
  const filtered = (when: object): WorldOptions => ({
    projects: [{ name: 'prod', tasks: [ORDERS] }],
    groups: { all: { tasks: ['task-1'] } },
    channels: { cutover: { type: 'webhook', when } },
  });
  /** The same configuration, in which the task has other labels and the project another name. */
  const edited = ({ config }: World): World['config'] => ({
    ...config,
    projects: config.projects.map((project) => ({
      ...project,
      name: 'old',
      tasks: [{ ...ORDERS, labels: { team: 'done' } }],
    })),
  });

  test.each([
    ['labels', { labels: { team: 'orders' } }, ['migration.cutover_unready']],
    ['projects', { projects: ['prod'] }, ['migration.cutover_unready', 'group.retracted']],
    ['events', { events: ['migration.cutover_ready'] }, []],
  ])('is retracted there, whatever the name of its task is by then (%s)', async (_part, when, expected) => {
    const made = await world(filtered(when));
    replicates(made, 'task-1');
    await ticks(made, 3);
    expect(typesAt(made)).toContain('migration.cutover_ready');
    const before = typesAt(made).length;
    lags(made.simulator, 'task-1');
    await ticks(made, 2, { config: edited(made) });

    expect(typesAt(made).slice(before)).toEqual(expected);
  });

  test('is retracted there even if it was announced again meanwhile', async () => {
    const made = await world(filtered({ labels: { team: 'orders' } }));
    replicates(made, 'task-1');
    await ticks(made, 2);
    made.receiver.answer('/cutover', { status: 500 });
    await ticks(made, 1);
    made.clock.advance(2 * HOUR);
    made.receiver.answer('/cutover', { status: 200 });
    await ticks(made, 1);
    expect(eventsAt(made).at(-1)?.data.renews).toBeDefined();
    lags(made.simulator, 'task-1');
    await ticks(made, 2, { config: edited(made) });

    expect(typesAt(made).at(-1)).toBe('migration.cutover_unready');
  });

  test('is not retracted where it never arrived', async () => {
    const made = await world(filtered({ labels: { team: 'done' } }));
    replicates(made, 'task-1');
    await ticks(made, 3);
    lags(made.simulator, 'task-1');
    await ticks(made, 2);

    expect(typesAt(made)).toEqual([]);
  });
});
