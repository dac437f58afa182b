import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { redriveIn } from '../delivery/redrive/support.ts';
import { type ChannelSettings, channelsAt, IN_STEP, type World } from '../support/world.ts';
import { playBrokenChannels, playFlapping, TWO, types } from './storms.ts';
import {
  BOTH,
  CHAT,
  deadLetters,
  drain,
  HOUR,
  MINUTE,
  migrate,
  numbers,
  received,
  STATUSES,
  watched,
  world,
} from './support.ts';

const NEW_SECRET = `whsec_${Buffer.from('the secret that it rotates to...').toString('base64')}`;

/** The world's configuration with other channels. */
function changed({ config, receiver }: World, channels: ChannelSettings) {
  return { ...config, channels: channelsAt(receiver, channels) };
}

describe('A broken channel', () => {
  test('A broken channel keeps its pending deliveries until their deadline', async () => {
    const made = await world({ channels: TWO });
    made.receiver.answer('/cutover', { status: 410 });
    await migrate(made);
    const begun = made.clock.now();
    expect(await made.tick()).toMatchObject({ pending: STATUSES.length, dead: 0 });
    expect(await drain(made, 20 * MINUTE)).toBe(STATUSES.length);
    expect((made.clock.now() - begun) / HOUR).toBeGreaterThan(71.9);
    expect((made.clock.now() - begun) / HOUR).toBeLessThan(73);
    expect(new Set((await deadLetters(made)).map(({ why }) => why))).toEqual(new Set(['deadline']));
  });

  test('The other channels get one event that a channel is broken, in the tick that detected it', () =>
    playBrokenChannels(45));

  test('A broken channel that is the only one gets no event about itself, and makes no loop', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 410 });
    made.status('task-1', 'RUNNING');
    let events = 0;
    for (let tick = 0; tick < 48; tick += 1) {
      ({ events } = { events: events + (await made.tick()).events });
      made.clock.advance(30 * MINUTE);
    }
    expect(events).toBe(1);
    expect(new Set(types(made, 'cutover'))).toEqual(new Set(['dcs.migration.first_seen']));
  });

  test('A broken channel is tried every half hour, with one request, in case it was repaired elsewhere', async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => `task-${index}`);
    const made = await world({ channels: TWO, tasks });
    made.receiver.answer('/cutover', { status: 410 });
    for (const id of tasks) made.status(id, 'RUNNING');
    await made.tick();
    const before = received(made).length;
    for (let minute = 1; minute < 120; minute += 1) {
      made.clock.advance(MINUTE);
      await made.tick();
    }
    expect(received(made)).toHaveLength(before + 3);
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 20, pending: 0 });
  });

  test('A channel that broke because its receiver took nothing is first tried after one minute, then after five', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ channels: TWO, tasks });
    made.receiver.answer('/cutover', { status: 401 });
    for (const id of tasks) made.status(id, 'RUNNING');
    const tried: number[] = [];
    for (let minute = 0; minute < 70; minute += 1) {
      const before = received(made).length;
      await made.tick();
      if (received(made).length > before) tried.push(minute);
      made.clock.advance(MINUTE);
    }
    expect(tried).toEqual([0, 1, 6, 36, 66]);
  });

  test('Corrected settings deliver everything pending in the next tick, in order', async () => {
    const made = await world({ channels: TWO });
    made.receiver.answer('/cutover', { status: 410 });
    await migrate(made);
    const config = changed(made, { ...TWO, cutover: { type: 'webhook', path: '/mended' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: STATUSES.length, pending: 0 });
    expect(numbers(made, 'mended')).toEqual([1, 2, 3, 4, 5]);
  });

  test('The first event to a mistyped URL arrives once the URL is corrected', async () => {
    const made = await world({
      channels: { ops: { type: 'slack', path: '/ops-typo' }, cutover: { type: 'webhook', path: '/typo' } },
    });
    made.receiver.answer('/ops-typo', { status: 404, body: '<h1>Not Found</h1>' });
    made.receiver.answer('/typo', { status: 404, body: 'not found' });
    await migrate(made, ['RUNNING', 'FULLMIGRATING']);
    expect(received(made, 'typo').length).toBeGreaterThan(0);
    expect(await deadLetters(made)).toEqual([]);
    const config = changed(made, { ops: { type: 'slack' }, cutover: { type: 'webhook' } });
    expect(await made.tick({ config })).toMatchObject({ pending: 0, dead: 0 });
    expect(numbers(made)).toEqual([1, 2]);
    expect(made.slack('ops')).toHaveLength(2);
  });

  test('Pending deliveries use a rotated secret and a changed URL', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made);
    made.clock.advance(HOUR);
    const cutover = { type: 'webhook', secret: NEW_SECRET, path: '/moved' };
    expect(await made.tick({ config: changed(made, { cutover }) })).toMatchObject({
      delivered: STATUSES.length,
    });
    expect(numbers(made, 'moved')).toEqual([1, 2, 3, 4, 5]);
    for (const { headers, body } of received(made, 'moved')) {
      const signedAt = new Date(Number(headers['webhook-timestamp']) * 1000);
      const signature = new Webhook(NEW_SECRET).sign(String(headers['webhook-id']), signedAt, body);
      expect(headers['webhook-signature']).toBe(signature);
    }
  });

  test('Pending deliveries of a removed channel are cancelled, counted, logged, and kept as dead letters', async () => {
    const made = await world({ channels: TWO });
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made, ['RUNNING', 'FULLMIGRATING']);
    const before = numbers(made).length;
    made.clock.advance(HOUR);
    const config = changed(made, { other: { type: 'webhook' } });
    expect(await made.tick({ config })).toMatchObject({ pending: 0, dead: 2 });
    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'cutover', count: 2 });
    expect(numbers(made)).toHaveLength(before);
    const cancelled = [{ why: 'cancelled' }, { why: 'cancelled' }];
    expect(await deadLetters(made)).toMatchObject(cancelled);
    made.receiver.answer('/cutover', { status: 200 });
    const { results } = await redriveIn(made);
    expect(results).toMatchObject([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(numbers(made).slice(before)).toEqual([1, 2]);
  });

  test('A removed project or group is no longer watched, and its pending events are still delivered', async () => {
    const id = '0123456789abcdef0123456789abcdef';
    const made = await world({
      projects: [
        { name: 'prod', tasks: ['task-1'] },
        { name: 'other', id },
      ],
      groups: { orders: { tasks: ['task-1'] } },
    });
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'FAILED');
    await made.tick();
    made.receiver.answer('/cutover', { status: 200 });
    const [before, looks] = [received(made).length, made.simulator.requests.get('task-1')];
    const projects = made.config.projects.filter(({ name }) => name === 'other');
    made.clock.advance(5 * MINUTE);
    const config = { ...made.config, projects, groups: {} };
    expect(await made.tick({ config })).toMatchObject({ delivered: 2, pending: 0 });
    const subjects = received(made).map(({ event }) => event.subject);
    expect(subjects.slice(before).toSorted()).toEqual(['orders', 'task-1']);
    expect(made.simulator.requests.get('task-1')).toBe(looks);
  });

  test('A channel that was added gets all events from then on', async () => {
    const made = await world();
    await migrate(made, ['RUNNING', 'FULLMIGRATING']);
    const config = changed(made, TWO);
    expect(await made.tick({ config })).toMatchObject({ events: 0, delivered: 0 });
    made.status('task-1', 'INCRMIGEATING');
    await made.tick({ config });
    expect(numbers(made, 'other')).toEqual([3]);
  });

  test('A channel that was renamed counts as one removed and one added', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made, ['RUNNING', 'FULLMIGRATING']);
    made.receiver.answer('/cutover', { status: 200 });
    const before = numbers(made).length;
    made.clock.advance(HOUR);
    const config = changed(made, { renamed: { type: 'webhook', path: '/cutover' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 0 });
    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'cutover', count: 2 });
    made.status('task-1', 'INCRMIGEATING');
    await made.tick({ config });
    expect(numbers(made).slice(before)).toEqual([3]);
  });
});

/** What the chat got, and when, in an hour of looks. */
async function comeAndGo(made: World, before: (minute: number) => void) {
  const moments: { readonly minute: number; readonly text: string }[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    before(minute);
    const known = made.slack('ops').length;
    await made.tick();
    for (const { body } of made.slack('ops').slice(known)) moments.push({ minute, text: body });
    made.clock.advance(MINUTE);
  }
  return moments;
}

/** In the first quarter of an hour nobody can know that it goes on; then there is one message in ten minutes. */
function expectFew(moments: Awaited<ReturnType<typeof comeAndGo>>): void {
  const minutes = moments.map(({ minute }) => minute);
  const later = minutes.filter((minute) => minute >= 15);
  expect(minutes.filter((minute) => minute < 12).length).toBeGreaterThanOrEqual(4);
  expect(later.length).toBeGreaterThanOrEqual(4);
  expect(Math.min(...later.slice(1).map((minute, n) => minute - (later[n] ?? 0)))).toBeGreaterThanOrEqual(10);
}

/** How many events of each type the webhook got. */
function typesOf(made: World): Readonly<Record<string, number>> {
  const byType = Map.groupBy(received(made), ({ event }) => event.type);
  return Object.fromEntries([...byType].map(([type, all]) => [type, all.length]));
}

describe('Storms', () => {
  test('Once a task has entered one phase three times in ten minutes, a chat gets a message at most every ten minutes, but at once when it takes back an earlier one or the task enters another phase; a webhook gets every event', () =>
    playFlapping(30));

  test('Once readiness, or a failing watch, has come and gone three times in an hour, a chat gets a message at most every ten minutes, but at once when it takes back an earlier one; a webhook gets every event', async () => {
    const made = await world({ channels: BOTH, groups: { orders: { tasks: ['task-1'] } } });
    made.status('task-1', 'INCRMIGEATING');
    // Three looks in step, and one that is far behind: ready, and taken back.
    const ready = await comeAndGo(made, (minute) => {
      made.simulator.setStats('task-1', { ...IN_STEP, offset: minute % 4 === 3 ? 9e9 : 0 });
    });
    expect(typesOf(made)['dcs.migration.cutover_unready']).toBeGreaterThanOrEqual(3);
    expect(typesOf(made)['dcs.group.retracted']).toBeGreaterThanOrEqual(3);
    // Changes as rare as these are sent each time: readiness that is lost repeatedly must be held for longer first.
    expect(ready.length).toBeLessThan(12);

    const failing = await world({ channels: BOTH });
    failing.status('task-1', 'INCRMIGEATING');
    const failed = await comeAndGo(failing, (minute) => {
      if (minute % 4 !== 0) failing.simulator.fault('internal error', 1, 'show');
    });
    expect(failing.simulator.fired['internal error']).toBe(45);
    expect(typesOf(failing)['dcs.watch.failing']).toBe(15);
    expect(typesOf(failing)['dcs.watch.restored']).toBe(14);
    expectFew(failed);
  });

  test('An IP switch does not count as flapping: a chat gets each step at once, and a failure after it', async () => {
    const made = await world({ channels: BOTH });
    const step = async (status: string, taskStatus?: string) => {
      made.simulator.setTask(
        'task-1',
        realisticAnswer(status, {
          task_id: 'task-1',
          ...(taskStatus !== undefined && { task_status: taskStatus }),
        }),
      );
      const before = made.slack('ops').length;
      await made.tick();
      made.clock.advance(MINUTE);
      return made.slack('ops').length - before;
    };
    expect(await step('INCRMIGEATING')).toBe(1);
    expect(await step('INCRMIGEATING', 'EXCHANGING')).toBe(1);
    expect(await step('INCRMIGEATING')).toBe(1);
    expect(await step('INCRMIGEATING', 'EXCHANGING')).toBe(1);
    expect(await step('INCRMIGEATING', 'ROLLBACK_SUCCESS')).toBe(1);
    expect(await step('FAILED')).toBe(1);
  });

  test('All events of one look are one chat message; a webhook gets each event', async () => {
    const made = await world({ channels: BOTH });
    await migrate(made, ['INCRMIGEATING', 'FULLMIGRATING']);
    expect(made.slack('ops')).toHaveLength(2);
    expect(types(made, 'cutover')).toEqual([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
      'dcs.migration.regressed',
    ]);
  });

  test('Ten tasks that change in one tick are one chat message; a webhook gets each event', async () => {
    const tasks = Array.from({ length: 10 }, (_, index) => `task-${index}`);
    const made = await world({ tasks, channels: BOTH });
    for (const id of tasks) made.status(id, 'FULLMIGRATING');
    await made.tick();
    const before = { chat: made.slack('ops').length, webhook: received(made).length };
    for (const id of tasks) made.status(id, 'INCRMIGEATING');
    expect(await made.tick()).toMatchObject({ delivered: 20, pending: 0 });
    expect(made.slack('ops').length - before.chat).toBe(1);
    expect(received(made).length - before.webhook).toBe(10);
    const body = made.slack('ops').at(-1)?.body;
    for (const id of tasks) expect(body).toContain(`name of ${id}: full synchronisation finished`);
  });

  test('All tasks first seen in one tick are one chat message; a webhook gets each event', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ tasks, channels: BOTH });
    for (const id of tasks) made.status(id, 'FULLMIGRATING');
    await made.tick();
    expect(made.slack('ops')).toHaveLength(1);
    expect(made.slack('ops')[0]?.body).toContain('3 tasks are now watched');
    expect(received(made)).toHaveLength(3);
  });
});

describe('Dead letters', () => {
  test('A delivery ends as a dead letter when it is refused, when its deadline is over, when too many are pending, when it is withdrawn, or when its channel is removed', async () => {
    const refused = await world();
    refused.receiver.answer('/cutover', { status: 422 });
    await migrate(refused, ['RUNNING']);
    const late = await world({ channels: CHAT });
    late.receiver.answer('/ops', { status: 500 });
    await migrate(late, ['FULLMIGRATING']);
    await drain(late, HOUR);
    const full = await world();
    full.receiver.answer('/cutover', { status: 500 });
    await migrate(
      full,
      Array.from({ length: 65 }, (_, index) => `STATUS_${index}`),
    );
    const untrue = await world();
    untrue.receiver.answer('/cutover', { status: 500 });
    untrue.status('task-1', 'INCRMIGEATING');
    untrue.simulator.setStats('task-1', IN_STEP);
    for (let look = 0; look < 3; look += 1) await untrue.tick();
    untrue.receiver.answer('/cutover', { status: 200 });
    untrue.simulator.setStats('task-1', { ...IN_STEP, offset: 9e9 });
    untrue.clock.advance(2 * MINUTE);
    await untrue.tick();

    const removed = await world();
    removed.receiver.answer('/cutover', { status: 500 });
    await migrate(removed, ['RUNNING']);
    await removed.tick({ config: changed(removed, { other: { type: 'webhook' } }) });

    const why = async (made: World) => (await deadLetters(made)).map((deadLetter) => deadLetter.why);
    const all = [refused, late, full, untrue, removed];
    expect(await Promise.all(all.map(why))).toEqual([
      ['refused'],
      ['deadline'],
      ['overflow'],
      ['withdrawn'],
      ['cancelled'],
    ]);
  });

  test('A record holds at most 64 pending events of 200 kB together; the oldest make room', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(
      made,
      Array.from({ length: 70 }, (_, index) => `STATUS_${index}`),
    );
    expect(await made.tick()).toMatchObject({ pending: 64 });
    expect((await deadLetters(made)).map(({ event }) => event.data.number)).toEqual([1, 2, 3, 4, 5, 6]);
    const [record] = await made.store.load('project:254d2280acb74d36a8b839746bcd7352');
    expect(Buffer.byteLength(record?.body ?? '')).toBeLessThan(200_000);
  });

  test('A dead letter is stored before its delivery is removed', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 422 });
    made.status('task-1', 'RUNNING');
    const { store, saved } = watched(made.store);
    expect(await made.tick({ store })).toMatchObject({ dead: 1 });
    const places = saved.map(({ key }) => key.partition);
    const stored = places.indexOf('dead');
    expect(stored).toBeGreaterThan(0);
    const [before, after] = [saved.slice(0, stored), saved.slice(stored + 1)];
    expect(before.at(-1)?.body).toContain('"cutover":{"attempts":0');
    expect(after).toHaveLength(1);
    expect(after[0]?.body).toContain('"outbox":[]');
  });

  test('A dead letter holds the event, the channel, the reason, and the last attempts', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 503 });
    await migrate(made, ['RUNNING']);
    made.receiver.answer('/cutover', { status: 422 });
    await made.tick();
    const [deadLetter] = await deadLetters(made);
    const [first] = received(made);
    expect(deadLetter?.event).toEqual(JSON.parse(first?.body ?? ''));
    expect(deadLetter).toMatchObject({
      channel: 'cutover',
      why: 'refused',
      delivery: {
        attempts: 2,
        history: [
          { class: 'transient', reason: 'HTTP 503', status: 503, ms: expect.any(Number) },
          { class: 'permanent', reason: 'HTTP 422', status: 422, ms: expect.any(Number) },
        ],
      },
    });
  });

  test('Dead letters are kept for 30 days', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 422 });
    await migrate(made, ['RUNNING']);
    made.clock.advance(30 * 24 * HOUR - 2 * MINUTE);
    expect(await deadLetters(made)).toHaveLength(1);
    made.clock.advance(2 * MINUTE);
    expect(await deadLetters(made)).toHaveLength(0);
  });

  test('Every dead letter is an error in the log, which says how to send it again; those of a removed channel are one warning', async () => {
    const made = await world({ channels: TWO });
    for (const name of Object.keys(TWO)) made.receiver.answer(`/${name}`, { status: 422 });
    await migrate(made, ['RUNNING', 'FULLMIGRATING']);
    const { describe: inWords } = await import('../../lib/telemetry/describe.ts');
    const errors = made.log.map(inWords).filter(({ level }) => level === 'error');
    expect(await deadLetters(made)).toHaveLength(4);
    for (const { message } of errors)
      expect(message).toMatch(/deliveries redrive --channel (?:cutover|other)/);
    expect(errors.map(({ fields }) => [fields['channel'], fields['eventId']]).toSorted()).toEqual(
      (await deadLetters(made)).map(({ channel, event }) => [channel, event.id]).toSorted(),
    );
  });
});
