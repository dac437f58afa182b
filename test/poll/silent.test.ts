import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import { type HttpClient, HttpError } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { type App, createApp } from '../../lib/runtime/app.ts';
import type { LogEntry } from '../../lib/telemetry/log.ts';
import { WAIT } from '../support/patience.ts';
import { keptOpen, type World } from '../support/world.ts';
import { eventsAt, MINUTE, SECOND, typesAt, WEBHOOK, world } from './support.ts';

const SILENT = '0'.repeat(32);
const THOUSAND = Array.from({ length: 1000 }, (_, n) => `task-${n}`);
const UNANSWERED = { kind: 'looks_skipped', why: 'the endpoint does not answer' };

/** A network in which one host never answers. Requests to it wait until the test lets their time pass. */
interface Network extends HttpClient {
  /** How many requests to the host there were. */
  readonly asked: () => number;
  readonly open: () => number;
  /** The time-out of all that are open passes at once. */
  timeOut(): void;
}

function createNetwork({ clock }: World, host: string): Network {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const open = new Set<() => void>();
  let asked = 0;
  return {
    ...http,
    asked: () => asked,
    open: () => open.size,
    timeOut() {
      clock.advance(10 * SECOND);
      const all = [...open];
      open.clear();
      for (const end of all) end();
    },
    async request(request, limits) {
      if (request.url.hostname !== host) return http.request(request, limits);
      asked += 1;
      await new Promise<void>((resolve) => open.add(resolve));
      throw new HttpError({ code: 'timeout', host, ms: limits.timeoutMs, message: 'no answer in time' });
    },
  };
}

/** The configuration with the projects of these names at a host that does not answer. */
function withSilent(config: Config, ...names: readonly string[]): Config {
  const projects = config.projects.map((project) =>
    names.includes(project.name) ? { ...project, endpoint: new URL('http://silent.example') } : project,
  );
  return { ...config, projects };
}

/** A tick of which time passes only by its time-outs: so many, with so many requests each. */
async function tickOf(made: World, config: Config, waves: readonly number[]) {
  const network = createNetwork(made, 'silent.example');
  const log: LogEntry[] = [];
  const app: App = await createApp({
    config,
    store: keptOpen(made.store),
    log: (entry) => log.push(entry),
    clock: { ...made.clock, sleep: async () => undefined },
    random: () => 0.5,
    http: network,
  });
  const ticking = app.tick(110 * SECOND);
  for (const requests of waves) {
    await vi.waitUntil(() => network.open() === requests, WAIT);
    network.timeOut();
  }
  const report = await ticking;
  await app.close();
  expect(network.asked()).toBe(waves.reduce((sum, requests) => sum + requests, 0));
  return { report, log };
}

describe('An endpoint that does not answer', () => {
  test.each(['webhook', 'slack'] as const)(
    'costs two time-outs with a thousand tasks, so that a %s gets other events, and the next tick begins, in time',
    async (type) => {
      const made = await world({
        channels: { cutover: { type } },
        projects: [
          { name: 'silent', id: SILENT, tasks: THOUSAND },
          { name: 'fine', id: '1'.repeat(32), tasks: ['x'] },
        ],
      });
      const config = withSilent(made.config, 'silent');
      const { clock, receiver } = made;
      for (const [index, status] of ['FULLMIGRATING', 'INCRMIGEATING'].entries()) {
        made.projects['fine']?.status('x', status);
        const startedAt = clock.now();
        const { report, log } = await tickOf(made, config, [1, 2]);
        expect(clock.now() - startedAt).toBe(20 * SECOND);
        expect(report).toMatchObject({ delivered: 1, pending: 0, looks: 4, failedLooks: 3 });
        expect(report.blind).toMatchObject([{ project: 'silent', reason: 'unreachable' }]);
        expect(log).toContainEqual({ ...UNANSWERED, project: 'silent', count: 997 });
        expect(receiver.at('/cutover')).toHaveLength(index + 1);
        clock.advance(MINUTE - 20 * SECOND);
      }
      if (type === 'webhook') expect(eventsAt(made).map(({ subject }) => subject)).toEqual(['x', 'x']);
    },
  );

  test('makes an event of each project there, even of those not asked, and all are looked at once it answers', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [
        { name: 'many', id: SILENT, tasks: ['a', 'b', 'c', 'd'] },
        { name: 'one', id: '1'.repeat(32), tasks: ['x'] },
        { name: 'found', id: '2'.repeat(32), discover: { labels: {} } },
        { name: 'two', id: '3'.repeat(32), tasks: ['y', 'z'] },
      ],
      groups: { all: { tasks: ['a', 'b', 'c', 'd', 'x', 'y', 'z'] } },
    });
    for (const id of ['a', 'b', 'c', 'd']) made.projects['many']?.status(id, 'SUCCESS');
    made.projects['one']?.status('x', 'SUCCESS');
    made.projects['found']?.status('f', 'RUNNING');
    for (const id of ['y', 'z']) made.projects['two']?.status(id, 'SUCCESS');
    const config = withSilent(made.config, 'many', 'one', 'found', 'two');
    for (let n = 0; n < 3; n += 1) {
      const { report, log } = await tickOf(made, config, [1, 2]);
      expect(report.blind.map(({ project }) => project).toSorted()).toEqual(['found', 'many', 'one', 'two']);
      expect(log.filter(({ kind }) => kind === 'looks_skipped')).toContainEqual(
        expect.objectContaining(UNANSWERED),
      );
      made.clock.advance(MINUTE);
    }
    const failing = eventsAt(made).filter(({ type }) => type === 'dcs.watch.failing');
    expect(failing.map(({ subject, data }) => data.project?.name ?? subject).toSorted()).toEqual([
      'found',
      'many',
      'two',
      'x',
    ]);
    expect(eventsAt(made)).toHaveLength(4);

    const { report, log } = await tickOf(made, made.config, []);
    expect(report).toMatchObject({ failedLooks: 0, blind: [], tasks: 8 });
    expect(log.filter(({ kind }) => kind === 'looks_skipped')).toEqual([]);
    expect(typesAt(made).filter((type) => type === 'watch.restored')).toHaveLength(4);
    expect(typesAt(made).filter((type) => type === 'migration.first_seen')).toHaveLength(8);
  });

  test('delays the events of a group until all its tasks were seen', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [
        { name: 'silent', id: SILENT, tasks: ['a', 'b', 'c', 'd', 'e'] },
        { name: 'fine', id: '1'.repeat(32), tasks: ['x'] },
      ],
      groups: { all: { tasks: ['a', 'b', 'c', 'd', 'e', 'x'] } },
    });
    for (const id of ['a', 'b', 'c', 'd', 'e']) made.projects['silent']?.status(id, 'SUCCESS');
    made.projects['fine']?.status('x', 'SUCCESS');
    const { log } = await tickOf(made, withSilent(made.config, 'silent'), [1, 2]);
    expect(log).toContainEqual({ ...UNANSWERED, project: 'silent', count: 2 });
    const ofGroup = () => eventsAt(made).filter(({ subject }) => subject === 'all');
    expect(ofGroup()).toEqual([]);
    for (let n = 0; n < 4; n += 1) {
      made.clock.advance(MINUTE);
      await tickOf(made, made.config, []);
    }
    expect(ofGroup().map(({ type }) => type)).toEqual(['dcs.group.finished']);
  });

  test('is detected by the first look of each of several keys at once', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: ['1', '2', '3'].map((n) => ({
        name: `p${n}`,
        id: n.repeat(32),
        tasks: [`a${n}`, `b${n}`, `c${n}`],
      })),
    });
    const config = withSilent(made.config, 'p1', 'p2', 'p3');
    const projects = config.projects.map((project, n) => ({
      ...project,
      credentials: { ...project.credentials, accessKey: new Secret(`KEY${n}`) },
    }));
    const { report } = await tickOf(made, { ...config, projects }, [3]);
    expect(report.blind).toHaveLength(3);
    expect(report).toMatchObject({ looks: 3, failedLooks: 3 });
  });
});
