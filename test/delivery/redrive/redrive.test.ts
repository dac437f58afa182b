import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redriveLines } from '../../../lib/cli/commands/deliveries/redrive-output.ts';
import { timesIn } from '../../../lib/cli/terminal/times.ts';
import type { HeldDeadLetter } from '../../../lib/delivery/dead-letters.ts';
import { createDynamoClient, openDynamoStore } from '../../../lib/store/dynamodb/dynamodb.ts';
import { openSqliteStore } from '../../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { partOf } from '../../long/proof/stores.ts';
import type { TestClock } from '../../support/clock.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { type Dynalite, startDynalite } from '../../support/store-dynalite.ts';
import { useWorld } from '../../support/use-world.ts';
import {
  channelsAt,
  IN_STEP,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
  type WorldOptions,
} from '../../support/world.ts';
import { dyingAt, everythingIn, inShort, listIn, numbersAt, redriveIn, statesIn } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEBHOOK = { cutover: { type: 'webhook' } };
const REFUSED = { status: 422 };
const TAKEN = { status: 204 };

let dynalite: Dynalite;
let client: ReturnType<typeof createDynamoClient>;
let folder: string;
let opened = 0;
/** Every world has its own file, or its own part of the table. */
function nextName(): string {
  opened += 1;
  return `world-${opened}`;
}

beforeAll(async () => {
  dynalite = await startDynalite();
  client = createDynamoClient(dynalite.settings);
  await dynalite.createTable('watch');
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-redrive-'));
});
afterAll(async () => {
  client.destroy();
  await dynalite.close();
  await rm(folder, { recursive: true });
});

const STORES: readonly [name: string, open: (clock: TestClock) => Store][] = [
  ['SQLite', ({ now }) => openSqliteStore({ file: join(folder, `${nextName()}.db`), now })],
  ['DynamoDB', ({ now }) => partOf(openDynamoStore({ table: 'watch', now, client }), nextName())],
];

describe.each(STORES)('on %s', (_name, open) => {
  const world = useWorld({ channels: WEBHOOK, store: open });

  /** A world in which these statuses of one task were refused for good, one after another. */
  async function refused(words: readonly string[], options: WorldOptions = {}): Promise<World> {
    const made = await world(options);
    made.receiver.answer('/cutover', REFUSED);
    for (const word of words) {
      made.status('task-1', word);
      await made.tick();
      made.clock.advance(MINUTE);
    }
    made.receiver.answer('/cutover', TAKEN);
    return made;
  }

  test('A redrive sends the same event: same id, same bytes, a new timestamp', async () => {
    const made = await refused(['RUNNING']);
    expect(await statesIn(made)).toEqual(['1 cutover dead']);

    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
    const [first, second] = made.receiver.at('/cutover');
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect(made.receiver.at('/cutover')).toHaveLength(2);
    expect(await statesIn(made)).toEqual(['1 cutover delivered']);
    expect(await made.tick()).toMatchObject({ delivered: 0, pending: 0, dead: 0 });
  });

  test('A redrive keeps the dead letter until it expires, marked as redriven', async () => {
    const made = await refused(['RUNNING']);
    const [before] = await made.store.load('dead');
    await redriveIn(made);
    const [deadLetter] = await made.store.load('dead');
    expect(deadLetter?.expiresAt).toBe(before?.expiresAt);
    expect(JSON.parse(deadLetter?.body ?? '')).toMatchObject({
      ...JSON.parse(before?.body ?? ''),
      redrivenAt: expect.any(String),
    });
    made.clock.advance(30 * 24 * HOUR);
    expect(await made.store.load('dead')).toEqual([]);
  });

  test('A redrive that is repeated finds nothing to do', async () => {
    const made = await refused(['RUNNING']);
    await redriveIn(made);
    expect(inShort(await redriveIn(made))).toEqual([]);
    expect(made.receiver.at('/cutover')).toHaveLength(2);
  });

  test('A requeued delivery has as much time as a new one', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'RUNNING');
    for (let hour = 0; hour <= 73; hour += 1) {
      await made.tick();
      made.clock.advance(HOUR);
    }
    expect(await listIn(made)).toMatchObject([{ state: 'dead', why: 'deadline' }]);

    expect(inShort(await redriveIn(made))).toEqual(['1 cutover pending: HTTP 500']);
    expect(await listIn(made)).toMatchObject([{ state: 'pending', attempts: 1, redrives: 1 }]);
    made.clock.advance(70 * HOUR);
    expect(await made.tick()).toMatchObject({ pending: 1, dead: 0 });
    made.receiver.answer('/cutover', TAKEN);
    made.clock.advance(HOUR);
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('A delivery that fails again is a dead letter of its own, and can be sent again', async () => {
    const made = await refused(['RUNNING']);
    made.receiver.answer('/cutover', REFUSED);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover dead: HTTP 422']);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover dead: HTTP 422']);
    expect(await listIn(made)).toMatchObject([{ state: 'dead', redrives: 2, attempts: 1 }]);
    expect(await made.store.load('dead')).toHaveLength(3);

    made.receiver.answer('/cutover', TAKEN);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
    expect(await statesIn(made)).toEqual(['1 cutover delivered']);
    expect(new Set(made.receiver.at('/cutover').map(({ body }) => body)).size).toBe(1);
  });

  test('A redrive requeues dead letters in order, before later pending events', async () => {
    const made = await refused(['RUNNING', 'FULLMIGRATING']);
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'INCRMIGEATING');
    expect(await made.tick()).toMatchObject({ pending: 1 });
    const sent = numbersAt(made, 'cutover').length;

    made.receiver.answer('/cutover', TAKEN);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered', '2 cutover delivered']);
    made.clock.advance(5 * MINUTE);
    await made.tick();
    expect(numbersAt(made, 'cutover').slice(sent)).toEqual([1, 2, 3]);
  });

  test('A redrive that does not fit into the outbox is sent in several parts', async () => {
    const words = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING'));
    const made = await refused(words);
    const sent = numbersAt(made, 'cutover').length;
    const results = inShort(await redriveIn(made));
    expect(results).toHaveLength(40);
    expect(results.every((result) => result.endsWith('delivered'))).toBe(true);
    expect(numbersAt(made, 'cutover').slice(sent)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });

  test('A redrive of overflowed events does not push out pending ones', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    let dead = 0;
    for (let n = 0; n < 70; n += 1) {
      made.status('task-1', n % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
      dead += (await made.tick()).dead;
      made.clock.advance(1000);
    }
    expect(dead).toBe(6);
    expect(await listIn(made, { state: 'dead' })).toMatchObject(Array(6).fill({ why: 'overflow' }));
    const full = inShort(await redriveIn(made));
    expect(full).toHaveLength(6);
    expect(full.every((result) => result.includes('too many pending deliveries'))).toBe(true);
    expect(await listIn(made, { state: 'dead' })).toHaveLength(6);

    made.receiver.answer('/cutover', TAKEN);
    made.clock.advance(HOUR);
    expect(await made.tick()).toMatchObject({ delivered: 64, pending: 0, dead: 0 });
    const before = numbersAt(made, 'cutover').length;
    expect(inShort(await redriveIn(made))).toHaveLength(6);
    expect(numbersAt(made, 'cutover').slice(before)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await statesIn(made, { state: 'dead' })).toEqual([]);
  });

  test('A dry run says what it would do, writes nothing and sends nothing', async () => {
    const made = await refused(['RUNNING', 'FULLMIGRATING']);
    const before = await everythingIn(made);
    const requests = made.receiver.at('/cutover').length;

    const report = await redriveIn(made, { dryRun: true });
    expect(inShort(report)).toEqual(['1 cutover possible', '2 cutover possible']);
    expect(redriveLines(report, timesIn('UTC')).at(-1)).toBe(
      '2 dead letters match: 2 would be put back, 0 left. Nothing was done.',
    );
    expect(await everythingIn(made)).toEqual(before);
    expect(made.receiver.at('/cutover')).toHaveLength(requests);
  });

  test.each(['before', 'after'] as const)(
    'A redrive that dies %s any of its writes can be repeated safely',
    async (ending) => {
      let writes = 0;
      for (let nth = 1; ; nth += 1) {
        const made = await refused(['RUNNING', 'FULLMIGRATING']);
        const requests = made.receiver.at('/cutover').length;
        const dying = dyingAt(made.store, nth, ending);
        await redriveIn(made, { store: dying.store }).catch(() => undefined);
        if (!dying.fired()) break;
        writes += 1;
        const dead = await listIn(made, { state: 'dead' });
        const pending = await listIn(made, { state: 'pending' });
        const delivered = await listIn(made, { state: 'delivered' });
        expect(dead.length + pending.length + delivered.length).toBe(2);

        made.clock.advance(2 * MINUTE);
        await redriveIn(made);
        await made.tick();
        expect(await statesIn(made)).toEqual(['1 cutover delivered', '2 cutover delivered']);
        const sent = numbersAt(made, 'cutover').slice(requests);
        expect(sent.length).toBeLessThanOrEqual(3);
        expect(new Set(sent)).toEqual(new Set([1, 2]));
        expect(inShort(await redriveIn(made))).toEqual([]);
      }
      // The writes: the record, two dead letters, the lease, two acknowledgements.
      expect(writes).toBe(6);
    },
  );

  test('A redrive beside a tick and beside another redrive makes no copy', async () => {
    const made = await refused(['RUNNING', 'FULLMIGRATING']);
    made.status('task-1', 'INCRMIGEATING');
    const requests = made.receiver.at('/cutover').length;
    await Promise.all([redriveIn(made), made.tick(), redriveIn(made)]);
    made.clock.advance(2 * MINUTE);
    await made.tick();
    expect(numbersAt(made, 'cutover').slice(requests).toSorted()).toEqual([1, 2, 3]);
    expect(await statesIn(made)).toEqual([
      '1 cutover delivered',
      '2 cutover delivered',
      '3 cutover delivered',
    ]);
  });

  test('A redrive never sends what arrived meanwhile', async () => {
    const made = await refused(['RUNNING']);
    // The run dies after the requeue, before it marks the dead letter.
    const dying = dyingAt(made.store, 2, 'before');
    await expect(redriveIn(made, { store: dying.store })).rejects.toThrow('dies');
    expect(await made.tick()).toMatchObject({ delivered: 1 });
    for (let n = 0; n < 70; n += 1) {
      made.status('task-1', n % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
      await made.tick();
      made.clock.advance(MINUTE);
    }
    const requests = made.receiver.at('/cutover').length;
    expect(inShort(await redriveIn(made))).toEqual([]);
    expect(made.receiver.at('/cutover')).toHaveLength(requests);
    expect(await listIn(made, { state: 'dead' })).toEqual([]);
  });

  test('A redrive skips a dead letter whose delivery is still pending, or arrived after all', async () => {
    const made = await world();
    made.receiver.answer('/cutover', REFUSED);
    made.status('task-1', 'RUNNING');
    // The dead letter is stored, but its delivery is still in the record.
    const dying = dyingAt(made.store, 3, 'after');
    await made.tick({ store: dying.store });
    expect(dying.fired()).toBe(true);
    expect(await made.store.load('dead')).toHaveLength(1);
    expect(await statesIn(made)).toEqual(['1 cutover pending']);
    expect(inShort(await redriveIn(made))).toEqual([
      '1 cutover skipped: it is still pending, and a tick delivers it',
    ]);

    made.receiver.answer('/cutover', TAKEN);
    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 1 });
    expect(await statesIn(made)).toEqual(['1 cutover delivered']);
    expect(inShort(await redriveIn(made))).toEqual([]);
    expect(made.receiver.at('/cutover')).toHaveLength(2);
  });

  test('An action that has expired is not sent again', async () => {
    const made = await world();
    made.receiver.answer('/cutover', REFUSED);
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', IN_STEP);
    for (let look = 0; look < 3; look += 1) {
      await made.tick();
      made.clock.advance(MINUTE);
    }
    made.receiver.answer('/cutover', TAKEN);
    const [, action] = await made.store.load('dead');
    const { event }: HeldDeadLetter['deadLetter'] = JSON.parse(action?.body ?? '');
    expect(event).toMatchObject({ type: 'dcs.migration.cutover_ready', data: { number: 2 } });
    const leftMs = Date.parse(event.data.validUntil ?? '') - made.clock.now();
    const requests = made.receiver.at('/cutover').length;

    made.clock.advance(leftMs - 1);
    const before = await redriveIn(made, { dryRun: true });
    expect(inShort(before)).toEqual(['1 cutover possible', '2 cutover possible']);
    made.clock.advance(1);
    const report = await redriveIn(made);
    expect(inShort(report)).toEqual([
      '1 cutover delivered',
      expect.stringContaining('2 cutover skipped: expired action, not sent'),
    ]);
    await made.tick();
    expect(numbersAt(made, 'cutover').slice(requests)).toEqual([1]);
    expect(await listIn(made, { state: 'dead' })).toMatchObject([{ eventId: event.id }]);
  });

  test('A redrive skips dead letters of a channel or project that is gone', async () => {
    const made = await refused(['RUNNING']);
    const channels = channelsAt(made.receiver, { other: { type: 'webhook' } });
    const before = await everythingIn(made);
    expect(inShort(await redriveIn(made, { config: { ...made.config, channels } }))).toEqual([
      '1 cutover skipped: channel cutover is no longer configured',
    ]);
    const projects = made.config.projects.map((project) => ({ ...project, id: 'another' }));
    expect(inShort(await redriveIn(made, { config: { ...made.config, projects } }))).toEqual([
      '1 cutover skipped: its project is no longer configured, so no tick would deliver it',
    ]);
    expect(await everythingIn(made)).toEqual(before);
  });

  test('A redrive skips the dead letter of a group when no groups are left', async () => {
    const made = await world({ groups: { all: { tasks: ['task-1'] } } });
    made.receiver.answer('/cutover', REFUSED);
    made.status('task-1', 'FAILED');
    await made.tick();
    made.receiver.answer('/cutover', TAKEN);
    const [failed] = await listIn(made, { state: 'dead' });
    expect(inShort(await redriveIn(made, { config: { ...made.config, groups: {} } }))).toEqual([
      '1 cutover delivered',
      '1 cutover skipped: no groups are configured any more, so no tick would deliver it',
    ]);
    expect(await listIn(made, { state: 'dead' })).toHaveLength(1);
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
    expect(failed).toMatchObject({ state: 'dead' });
  });

  test('A redrive with one part of the configuration cancels nothing of the other part', async () => {
    const made = await world({ channels: { cutover: { type: 'webhook' }, slow: { type: 'webhook' } } });
    made.receiver.answer('/cutover', REFUSED);
    made.receiver.answer('/slow', { status: 503 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    made.receiver.answer('/cutover', TAKEN);
    const config = { ...made.config, channels: channelsAt(made.receiver, WEBHOOK) };
    expect(inShort(await redriveIn(made, { config }))).toEqual(['1 cutover delivered']);
    expect(await statesIn(made, { channel: 'slow' })).toEqual(['1 slow pending']);
  });

  test.each([
    ['does not exist any more', undefined, 'its record no longer exists'],
    ['is unreadable', 'garbage', 'its record is unreadable'],
    [
      'is of a newer version',
      '{"schemaVersion":99}',
      'its record was written by a newer version; use that version',
    ],
  ])('A redrive skips a dead letter whose record %s', async (_what, body, why) => {
    const made = await refused(['RUNNING']);
    const [deadLetter] = await made.store.load('dead');
    const key = { partition: `project:${PROJECT_ID}`, id: 'task:elsewhere' };
    if (deadLetter === undefined) throw new Error('there is no dead letter');
    await made.store.save({
      ...deadLetter,
      rev: 2,
      nonce: 'n',
      body: JSON.stringify({ ...JSON.parse(deadLetter.body), record: key }),
    });
    if (body !== undefined) await made.store.save({ key, rev: 1, nonce: 'n', body });
    const before = await everythingIn(made);
    expect(inShort(await redriveIn(made))).toEqual([`1 cutover skipped: ${why}`]);
    expect(await everythingIn(made)).toEqual(before);
  });

  test('A redrive finds the record of a dead letter that does not name it', async () => {
    const made = await refused(['RUNNING']);
    const [deadLetter] = await made.store.load('dead');
    if (deadLetter === undefined) throw new Error('there is no dead letter');
    const { record: _unnamed, ...rest } = JSON.parse(deadLetter.body);
    await made.store.save({ ...deadLetter, rev: 2, nonce: 'n', body: JSON.stringify(rest) });
    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
  });

  test('A redrive reports an unreadable dead letter, and goes on with the others', async () => {
    const made = await refused(['RUNNING']);
    await made.store.save({
      key: { partition: 'dead', id: 'odd' },
      rev: 1,
      nonce: 'n',
      body: '{"event":{}}',
    });
    const report = await redriveIn(made);
    expect(inShort(report)).toEqual(['1 cutover delivered']);
    expect(report.problems).toEqual(['dead letter odd is unreadable']);
  });

  test('A redrive takes only dead letters of the given channel and time', async () => {
    const channels = { cutover: { type: 'webhook' }, audit: { type: 'webhook' } };
    const made = await world({ channels });
    for (const name of Object.keys(channels)) made.receiver.answer(`/${name}`, REFUSED);
    const times: Date[] = [];
    for (const word of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
      made.status('task-1', word);
      times.push(new Date(made.clock.now()));
      await made.tick();
      made.clock.advance(HOUR);
    }
    const [, second] = times;
    const only = async (selection: Parameters<typeof redriveIn>[1]): Promise<string[]> =>
      inShort(await redriveIn(made, { dryRun: true, ...selection })).map((result) =>
        result.replace(' possible', ''),
      );
    if (second === undefined) throw new Error('there is no second');

    expect(await only({ channel: 'audit' })).toEqual(['1 audit', '2 audit', '3 audit']);
    expect(await only({ channel: 'audit', since: second })).toEqual(['2 audit', '3 audit']);
    expect(await only({ channel: 'audit', until: second })).toEqual(['1 audit', '2 audit']);
    expect(await only({ since: second, until: second })).toEqual(['2 audit', '2 cutover']);
    expect(await only({ channel: 'nobody' })).toEqual([]);
  });

  test('A redrive leaves deliveries pending for a paused channel, and for a run that holds the record', async () => {
    const made = await refused(['RUNNING']);
    made.receiver.answer('/cutover', { status: 429, headers: { 'retry-after': '600' } });
    made.status('task-1', 'FULLMIGRATING');
    expect(await made.tick()).toMatchObject({ pending: 1 });
    const requests = made.receiver.at('/cutover').length;
    expect(inShort(await redriveIn(made))).toEqual([
      '1 cutover pending: its channel is paused after earlier failures',
    ]);
    expect(made.receiver.at('/cutover')).toHaveLength(requests);
    made.receiver.answer('/cutover', TAKEN);
    made.clock.advance(11 * MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 2, pending: 0 });

    const busy = await refused(['RUNNING']);
    busy.status('task-1', 'FULLMIGRATING');
    // A run that took the lease and has not begun to send.
    await busy.tick({ store: dyingAt(busy.store, 1, 'after').store });
    expect(inShort(await redriveIn(busy))).toEqual(['1 cutover pending: it waits for its turn']);
  });

  test('A redrive says to people how late a message is', async () => {
    const made = await world({ channels: { ops: { type: 'slack' } } });
    made.receiver.answer('/ops', { status: 200, body: 'a proxy' });
    made.status('task-1', 'FAILED');
    await made.tick();
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(3 * HOUR);
    await redriveIn(made);
    expect(made.slack('ops').at(-1)?.body).toContain('delayed by 3 h');
  });

  test('A redrive logs each dead letter that it requeues, and shows no secret', async () => {
    const channels = {
      ops: { type: 'slack', path: '/canary-of-a-slack-url' },
      cutover: { type: 'webhook', headers: { authorization: 'Bearer canary-of-a-header' } },
    };
    const made = await world({ channels });
    for (const path of ['/canary-of-a-slack-url', '/cutover']) made.receiver.answer(path, REFUSED);
    made.status('task-1', 'RUNNING');
    await made.tick();
    made.receiver.answer('/cutover', 'reset');
    const log: LogEntry[] = [];
    const report = await redriveIn(made, { log: (entry) => log.push(entry) });
    expect(log.filter(({ kind }) => kind === 'put_back')).toHaveLength(2);
    const secrets = [
      SECRET_KEY,
      SIGNING_SECRET,
      SIGNING_SECRET.slice('whsec_'.length),
      'canary-of-a-header',
      'canary-of-a-slack-url',
      made.receiver.url('/cutover'),
    ];
    expectNoSecret(
      [log, report, redriveLines(report, timesIn('UTC')), await everythingIn(made), await listIn(made)],
      secrets,
    );
  });
});
