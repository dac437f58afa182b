import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../lib/base/time/clock.ts';
import type { Config } from '../lib/config/schema/file.ts';
import type { HttpClient } from '../lib/http/client.ts';
import { createHttpClient } from '../lib/http/undici.ts';
import { createApp } from '../lib/runtime/app.ts';
import type { Log } from '../lib/telemetry/log.ts';
import { eventsAt, MINUTE, replicates, SECOND, typesAt, world } from './poll/support.ts';
import { channelSchema } from './support/channel-types.ts';
import { type HeldServer, startHeldServer } from './support/held-server.ts';
import { WAIT } from './support/patience.ts';
import { keptOpen, SIGNING_SECRET, type World } from './support/world.ts';

const HOOK = { type: 'webhook' } as const;
const CHAT = { type: 'slack' } as const;

const TWO = [
  { name: 'fine', id: '1'.repeat(32), tasks: ['x'] },
  { name: 'silent', id: '2'.repeat(32), tasks: ['y'] },
] as const;

async function heldServer(status?: number): Promise<HeldServer> {
  const server = await startHeldServer(status);
  onTestFinished(() => server.close());
  return server;
}

/** The world's configuration with one more webhook, `slow`, which leads to a server that drips. */
function withSlow({ config }: World, { origin }: HeldServer): Config {
  const slow = { ...HOOK, url: `${origin}/slow`, secret: SIGNING_SECRET, allowInsecure: true };
  return { ...config, channels: { slow: channelSchema.parse(slow), ...config.channels } };
}

/** The world's configuration; the API of one of its projects is a server that drips. */
function withSilent({ config }: World, name: string, { origin }: HeldServer): Config {
  const projects = config.projects.map((project) =>
    project.name === name ? { ...project, endpoint: new URL(origin) } : project,
  );
  return { ...config, projects };
}

interface Options {
  readonly config?: Config;
  /** How long a wait takes; by default no time, but the clock moves on. */
  readonly sleep?: Clock['sleep'];
  readonly http?: HttpClient;
  readonly log?: Log;
}

/** The network, in which answers to certain requests come no sooner than this. */
function afterAnswers(path: RegExp, wait: () => Promise<unknown>): HttpClient {
  const real = createHttpClient();
  return {
    ...real,
    async request(request, limits) {
      const answer = await real.request(request, limits);
      if (path.test(request.url.pathname)) await wait();
      return answer;
    },
  };
}

/** A tick with time enough, as a program that is not stopped makes it. */
async function tickOf(made: World, options: Options = {}) {
  const { config = made.config, sleep = made.clock.sleep, http, log = () => undefined } = options;
  const app = await createApp({
    config,
    store: keptOpen(made.store),
    log,
    clock: { now: made.clock.now, elapsed: made.clock.elapsed, sleep },
    random: () => 0.5,
    ...(http !== undefined && { http }),
  });
  try {
    return await app.tick(110 * SECOND);
  } finally {
    await app.close();
  }
}

describe('a receiver that drips', () => {
  test('holds up no other channel: a change that is seen meanwhile is sent while its request is still open', async () => {
    const made = await world({ channels: { fine: HOOK, ops: CHAT }, settings: { lookEveryMs: 10 * SECOND } });
    const slow = await heldServer();
    replicates(made, 'task-1');
    const looks = Promise.withResolvers<void>();
    const sleep: Clock['sleep'] = async (ms) => {
      if (ms === 10 * SECOND) await looks.promise;
      made.clock.advance(ms);
    };
    const ticking = tickOf(made, { config: withSlow(made, slow), sleep });
    await vi.waitUntil(() => slow.open() === 1 && made.slack('ops').length === 1, WAIT);
    made.status('task-1', 'FULLMIGRATING');
    looks.resolve();
    await vi.waitUntil(() => typesAt(made, 'fine').includes('migration.regressed'), WAIT);
    await vi.waitUntil(() => made.slack('ops').length > 1, WAIT);
    expect(slow.open()).toBe(1);
    expect(slow.requests).toHaveLength(1);

    slow.release();
    expect(await ticking).toMatchObject({ pending: 0, failedRecords: 0 });
    expect(slow.requests.map((body) => JSON.parse(body).type)).toEqual(
      eventsAt(made, 'fine').map(({ type }) => type),
    );
  });

  test('holds up none of its other tasks: their changes are sent meanwhile', async () => {
    const made = await world({ projects: TWO, channels: {} });
    made.projects['fine']?.status('x', 'RUNNING');
    made.projects['silent']?.status('y', 'RUNNING');
    const slow = await heldServer();
    const http = afterAnswers(/migration-task\/y$/, () => vi.waitUntil(() => slow.open() === 1, WAIT));
    const ticking = tickOf(made, { config: withSlow(made, slow), http });
    await vi.waitUntil(() => slow.open() === 2, WAIT);
    slow.release();
    expect(await ticking).toMatchObject({ delivered: 2, pending: 0 });
    expect(slow.requests.map((body) => JSON.parse(body).subject)).toEqual(['x', 'y']);
  });

  test('gets nothing more when the next tick is due, which goes on from there', async () => {
    const tasks = Array.from({ length: 60 }, (_, index) => `task-${index}`);
    const made = await world({ tasks, channels: { cutover: HOOK } });
    for (const id of tasks) made.status(id, 'RUNNING');
    // Eight at a time: together they take fourteen seconds.
    let asked = 0;
    made.receiver.answer('/cutover', () => {
      asked += 1;
      if (asked % 8 === 0) made.clock.advance(14 * SECOND);
      return { status: 200 };
    });
    let { pending } = { pending: tasks.length };
    for (let ticks = 0; pending > 0; ticks += 1) {
      const startedAt = made.clock.now();
      const report = await tickOf(made);
      expect(made.clock.now() - startedAt).toBeLessThanOrEqual(MINUTE);
      expect(report.pending).toBeLessThan(pending);
      ({ pending } = report);
      made.clock.advance(startedAt + MINUTE - made.clock.now());
      expect(ticks).toBeLessThan(5);
    }
    expect(new Set(eventsAt(made).map(({ subject }) => subject)).size).toBe(tasks.length);
    expect(eventsAt(made)).toHaveLength(tasks.length);
  });
});

describe('an endpoint that hangs', () => {
  test('holds up no other project: its change reaches programs and people while the looks are still open', async () => {
    const made = await world({ projects: TWO, channels: { cutover: HOOK, ops: CHAT } });
    made.projects['fine']?.status('x', 'RUNNING');
    const silent = await heldServer(500);
    const ticking = tickOf(made, { config: withSilent(made, 'silent', silent) });
    await vi.waitUntil(() => typesAt(made).length === 1 && made.slack('ops').length === 1, WAIT);
    await vi.waitUntil(() => silent.open() === 1, WAIT);
    expect(eventsAt(made)[0]?.subject).toBe('x');

    silent.release();
    expect(await ticking).toMatchObject({ tasks: 2, looks: 2, failedLooks: 1, delivered: 2, pending: 0 });
  });

  test('holds up no further looks at other projects', async () => {
    const made = await world({
      projects: TWO,
      channels: { cutover: HOOK },
      settings: { lookEveryMs: 10 * SECOND },
    });
    const fine = made.projects['fine'];
    if (fine === undefined) throw new Error('no project');
    replicates(fine, 'x');
    const silent = await heldServer(500);
    const looks = Promise.withResolvers<void>();
    const sleep: Clock['sleep'] = async (ms) => {
      if (ms === 10 * SECOND) await looks.promise;
      made.clock.advance(ms);
    };
    const ticking = tickOf(made, { config: withSilent(made, 'silent', silent), sleep });
    await vi.waitUntil(() => typesAt(made).length === 1 && silent.open() === 1, WAIT);
    fine.status('x', 'FULLMIGRATING');
    looks.resolve();
    await vi.waitUntil(() => typesAt(made).includes('migration.regressed'), WAIT);
    expect(silent.open()).toBe(1);

    silent.release();
    expect(await ticking).toMatchObject({ pending: 0 });
  });

  test('does not hold up earlier deliveries to programs, not even those of its own tasks', async () => {
    const made = await world({ channels: { cutover: HOOK } });
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 500 });
    await tickOf(made);
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(2 * MINUTE);
    const silent = await heldServer(500);
    const ticking = tickOf(made, { config: withSilent(made, 'prod', silent) });
    await vi.waitUntil(() => eventsAt(made).length === 2 && silent.open() === 1, WAIT);

    silent.release();
    expect(await ticking).toMatchObject({ delivered: 1, pending: 0, failedLooks: 1 });
  });

  test('delays the events of a group until it was looked at', async () => {
    const made = await world({
      projects: TWO,
      groups: { both: { tasks: ['x', 'y'] } },
      channels: { cutover: HOOK },
    });
    made.projects['fine']?.status('x', 'SUCCESS');
    made.projects['silent']?.status('y', 'SUCCESS');
    const silent = await heldServer(500);
    const config = withSilent(made, 'silent', silent);
    const ticking = tickOf(made, { config });
    await vi.waitUntil(() => typesAt(made).length > 0 && silent.open() === 1, WAIT);
    silent.release();
    await ticking;
    const ofGroup = () => eventsAt(made).filter(({ subject }) => subject === 'both');
    expect(ofGroup()).toEqual([]);

    for (let ticks = 0; ticks < 4; ticks += 1) {
      made.clock.advance(MINUTE);
      await tickOf(made);
    }
    expect(ofGroup().map(({ type }) => type)).toEqual(['dcs.group.finished']);
  });
});

describe('a chat', () => {
  /** What is first seen in two projects, where a wait ends as this says. */
  async function firstSeen(sleep: (made: World) => Clock['sleep']): Promise<World> {
    const made = await world({ projects: TWO, channels: { ops: CHAT } });
    made.projects['fine']?.status('x', 'RUNNING');
    made.projects['silent']?.status('y', 'RUNNING');
    expect(await tickOf(made, { sleep: sleep(made) })).toMatchObject({ delivered: 2, pending: 0 });
    return made;
  }

  test('gets the changes of several projects in one message when they are seen within seconds', async () => {
    const made = await firstSeen(
      () => (_ms, until) => new Promise((resolve) => until?.addEventListener('abort', () => resolve())),
    );
    expect(made.slack('ops')).toHaveLength(1);
    expect(made.slack('ops')[0]?.body).toContain('2 tasks are now watched');
  });

  test('waits for the looks at other projects no longer than five seconds', async () => {
    const made = await world({ projects: TWO, channels: { ops: CHAT } });
    made.projects['fine']?.status('x', 'RUNNING');
    const silent = await heldServer(500);
    const waits: number[] = [];
    const sleep: Clock['sleep'] = async (ms) => void waits.push(ms);
    const ticking = tickOf(made, { config: withSilent(made, 'silent', silent), sleep });
    await vi.waitUntil(() => made.slack('ops').length === 1 && silent.open() === 1, WAIT);
    silent.release();
    await ticking;
    expect(waits).toEqual([5 * SECOND]);
  });
});

describe('a look', () => {
  test('is saved even if an older event of its task is being sent', async () => {
    const made = await world({ channels: { cutover: HOOK } });
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 500 });
    await tickOf(made);
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(2 * MINUTE);
    made.status('task-1', 'FULLMIGRATING');
    let delivered = 0;
    const log: Log = ({ kind }) => {
      if (kind === 'delivery') delivered += 1;
    };
    const http = afterAnswers(/migration-task\/task-1$/, () => vi.waitUntil(() => delivered === 1, WAIT));
    expect(await tickOf(made, { http, log })).toMatchObject({ changed: 1, delivered: 2, pending: 0 });
    expect(typesAt(made).slice(1)).toEqual(['migration.first_seen', 'migration.status_changed']);
  });
});
