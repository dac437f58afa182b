import { describe, expect, test } from 'vitest';
import { jsonOf, tableOf } from '../../../../lib/cli/commands/deliveries/table.ts';
import { timesIn } from '../../../../lib/cli/terminal/times.ts';
import type { KnownDelivery } from '../../../../lib/delivery/redrive/known-deliveries.ts';
import { listIn, redriveIn, statesIn } from '../../../delivery/redrive/support.ts';
import { useWorld } from '../../../support/use-world.ts';
import { PROJECT_ID, type World, type WorldOptions } from '../../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANNELS = { ok: { type: 'webhook' }, slow: { type: 'webhook' }, never: { type: 'webhook' } };

const world = useWorld();

function shown(deliveries: readonly KnownDelivery[]): string[] {
  return tableOf(deliveries, timesIn('UTC'), { paint: (_style, text) => text });
}

/** One event that arrived at one channel, waits for a second, and was refused by a third. */
async function threeStates(options: WorldOptions = {}): Promise<World> {
  const made = await world({ channels: CHANNELS, ...options });
  made.receiver.answer('/slow', { status: 503 });
  made.receiver.answer('/never', { status: 422 });
  made.status('task-1', 'FULLMIGRATING');
  await made.tick();
  return made;
}

describe('the list', () => {
  test('shows pending, dead and delivered ones, each with its last attempt', async () => {
    const world = await threeStates();
    const found = await listIn(world);
    const about = {
      eventId: expect.stringMatching(/^evt_/),
      type: 'dcs.migration.first_seen',
      time: '2026-01-05T00:10:00.000Z',
      task: 'name of task-1',
      summary: expect.stringContaining('FULLMIGRATING'),
      attempts: 1,
      redrives: 0,
    };
    const at = '2026-01-05T00:10:00.000Z';
    const ms = expect.any(Number);
    expect(found).toEqual([
      {
        ...about,
        state: 'dead',
        channel: 'never',
        subject: 'task-1',
        sequence: '1767571800',
        history: [{ at, class: 'permanent', reason: 'HTTP 422', status: 422, ms }],
        why: 'refused',
        diedAt: at,
      },
      {
        ...about,
        state: 'delivered',
        facts: expect.objectContaining({ severity: 'info' }),
        channel: 'ok',
        history: [{ at, class: 'delivered', status: 200, ms }],
        deliveredAt: at,
      },
      {
        ...about,
        state: 'pending',
        channel: 'slow',
        subject: 'task-1',
        sequence: '1767571800',
        history: [{ at, class: 'transient', reason: 'HTTP 503', status: 503, ms }],
        nextAttemptAt: '2026-01-05T00:11:00.000Z',
      },
    ]);
  });

  test('has the number of merged events of a delivery to a chat, also in its dead letter, which can be redriven', async () => {
    const made = await world({ channels: { ops: { type: 'slack' } } });
    made.receiver.answer('/ops', { status: 503 });
    for (let look = 0; look < 70; look += 1) {
      made.status('task-1', look % 2 === 0 ? 'FULLMIGRATING' : 'INCRMIGEATING');
      await made.tick();
      made.clock.advance(10_000);
    }
    const bearer = (await listIn(made)).find(({ merged }) => merged !== undefined);
    expect(bearer).toMatchObject({ state: 'pending', channel: 'ops', merged: expect.any(Number) });
    const [, row] = shown(bearer === undefined ? [] : [bearer]);
    expect(row).toContain(`(and ${bearer?.merged} more)`);

    made.clock.advance(25 * HOUR);
    await made.tick();
    const dead = await listIn(made, { state: 'dead' });
    expect(dead.find(({ eventId }) => eventId === bearer?.eventId)).toMatchObject({ merged: bearer?.merged });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    await redriveIn(made);
    const bodies = made.slack('ops').map(({ body }) => body);
    expect(bodies.at(-1)).toContain('earlier events (');
  });

  test('keeps the attempts before the one that arrived', async () => {
    const world = await threeStates();
    for (const minutes of [2, 10, 60]) {
      world.clock.advance(minutes * MINUTE);
      await world.tick();
    }
    world.receiver.answer('/slow', { status: 204 });
    world.clock.advance(5 * HOUR);
    await world.tick();
    const [slow] = await listIn(world, { channel: 'slow' });
    expect(slow).toMatchObject({ state: 'delivered', attempts: 5 });
    expect(slow?.history.map(({ class: outcome, status }) => [outcome, status])).toEqual([
      ['transient', 503],
      ['transient', 503],
      ['delivered', 204],
    ]);
    // Which event it was is known of each channel that got it.
    const which = { type: 'dcs.migration.first_seen', summary: expect.stringContaining('FULLMIGRATING') };
    expect(await listIn(world, { state: 'delivered' })).toMatchObject([which, which]);
  });

  test('shows deliveries of the given state, channel and time', async () => {
    const world = await threeStates();
    world.clock.advance(HOUR);
    world.receiver.answer('/slow', { status: 204 });
    world.receiver.answer('/never', { status: 204 });
    world.status('task-1', 'INCRMIGEATING');
    await world.tick();

    expect(await statesIn(world, { state: 'dead' })).toEqual(['1 never dead']);
    expect(await statesIn(world, { channel: 'ok' })).toEqual(['1 ok delivered', '2 ok delivered']);
    expect(await statesIn(world, { channel: 'nobody' })).toEqual([]);
    // Delivered: by the arrival. The first event reached `slow` late.
    const since = new Date(world.clock.now());
    expect(await statesIn(world, { since })).toEqual([
      '1 slow delivered',
      '2 never delivered',
      '2 ok delivered',
      '2 slow delivered',
    ]);
    // Dead: by the time of death.
    expect(await statesIn(world, { state: 'dead', since })).toEqual([]);
  });

  test('selects pending deliveries by the time of the event', async () => {
    const world = await threeStates();
    const eventTime = world.clock.now();
    world.clock.advance(HOUR);
    await world.tick();
    const select = (ms: number) => statesIn(world, { state: 'pending', since: new Date(ms) });
    expect(await select(eventTime)).toEqual(['1 slow pending']);
    expect(await select(eventTime + 1)).toEqual([]);
  });

  test('has the number of redrives of a delivery', async () => {
    const world = await threeStates();
    await redriveIn(world, { channel: 'never' });
    expect(await listIn(world, { channel: 'never' })).toMatchObject([{ state: 'dead', redrives: 1 }]);

    world.receiver.answer('/never', { status: 200 });
    await redriveIn(world, { channel: 'never' });
    expect(await listIn(world, { channel: 'never' })).toMatchObject([{ state: 'delivered', redrives: 2 }]);
    expect(await listIn(world, { channel: 'ok' })).toMatchObject([{ state: 'delivered', redrives: 0 }]);
  });

  test('shows a task by its name in the configuration', async () => {
    const world = await threeStates();
    const projects = world.config.projects.map((project) => ({
      ...project,
      tasks: [{ id: 'task-1', name: 'orders cache', labels: {} }],
    }));
    const named = { ...world, config: { ...world.config, projects } };
    expect(await listIn(named, { channel: 'ok' })).toMatchObject([{ task: 'orders cache' }]);
  });

  test('shows an event about a channel under the name of its record, in any state', async () => {
    const world = await threeStates();
    world.receiver.answer('/never', { status: 410 });
    world.status('task-1', 'INCRMIGEATING');
    await world.tick();
    const warnings = (await listIn(world)).filter(({ type }) => type === 'dcs.watch.channel_broken');
    expect(warnings).toMatchObject([
      { channel: 'ok', state: 'delivered', task: 'watcher' },
      { channel: 'slow', state: 'pending', task: 'watcher' },
    ]);
  });

  test('reads the delivery log of an older version', async () => {
    const world = await threeStates();
    const [item] = await world.store.load(`project:${PROJECT_ID}`);
    if (item === undefined) throw new Error('there is no record');
    const record = JSON.parse(item.body);
    const at = '2026-01-04T00:00:00.000Z';
    const sent = [{ eventId: 'evt_old', channel: 'ok', at, attempts: 2, events: 1 }];
    await world.store.save({
      ...item,
      rev: item.rev + 1,
      nonce: 'n',
      body: JSON.stringify({ ...record, sent: sent }),
    });
    expect(await listIn(world, { state: 'delivered' })).toEqual([
      {
        state: 'delivered',
        channel: 'ok',
        eventId: 'evt_old',
        task: 'name of task-1',
        attempts: 2,
        history: [{ at, class: 'delivered' }],
        redrives: 0,
        deliveredAt: at,
      },
    ]);
    expect(shown(await listIn(world))).toHaveLength(4);
  });
});

describe('the table', () => {
  test('has a heading, aligned columns and one line for each delivery', async () => {
    const lines = shown(await listIn(await threeStates()));
    expect(lines).toHaveLength(4);
    const [heading = '', ...rows] = lines;
    for (const word of ['STATE', 'CHANNEL', 'TASK', 'EVENT  ', 'ATTEMPTS', 'LAST ATTEMPT', 'ID']) {
      const column = heading.indexOf(word);
      expect(column, word).toBeGreaterThan(0);
      for (const row of rows) expect(row.slice(column - 2, column + 1), word).toMatch(/^ {2}\S$/);
    }
    expect(rows[0]).toMatch(
      /^2026-01-05 00:10:00 UTC {2}dead \(refused\) {2}never .* first_seen → now watched, status FULLMIGRATING .* 1 +2026-01-05 00:10:00 UTC permanent HTTP 422 \d+ ms +evt_\w+$/,
    );
  });

  test('is aligned with names in wide characters, and has the name of a group once', () => {
    const one = (task: string, summary: string) =>
      ({
        state: 'pending',
        channel: 'ops',
        eventId: 'evt_1',
        type: 'dcs.group.failed',
        task,
        summary,
        attempts: 0,
        history: [],
        redrives: 0,
      }) as const;
    const lines = shown([
      one('orders', 'group orders: 1 of 2 tasks failed'),
      one('订单缓存🚚e\u0301', '订单缓存🚚e\u0301: migration failed'),
      one('订'.repeat(30), 'x'),
    ]);
    // Six wide characters take two columns each, the accent none; of thirty, eleven fit and a dot for the rest.
    expect(lines.slice(1).map((line) => line.slice(0, line.indexOf('evt_')).trimEnd())).toEqual([
      '            pending  ops      orders                   failed → 1 of 2 tasks failed  0         none',
      `            pending  ops      订单缓存🚚e\u0301              failed → migration failed     0         none`,
      `            pending  ops      ${'订'.repeat(11)}…  failed → x                    0         none`,
    ]);
  });

  test('has one line for each delivery, whatever is in the names', () => {
    const hostile = 'a\nb\u001b[31m\u202ec\u2028\ud800';
    const delivery = {
      state: 'dead',
      channel: hostile,
      eventId: hostile,
      type: hostile,
      time: hostile,
      task: hostile,
      summary: `${hostile}: ${'long '.repeat(50)}`,
      attempts: 1,
      history: [{ at: hostile, class: hostile, ms: 1 }],
      redrives: 0,
      why: hostile,
    } as const;
    const lines = shown([delivery]);
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    expect(lines.join('').isWellFormed()).toBe(true);
    expect(lines[1]).toContain('…');
    expect(jsonOf(delivery).split('\n')).toHaveLength(1);
    expect(JSON.parse(jsonOf(delivery))).toEqual(delivery);
  });
});
