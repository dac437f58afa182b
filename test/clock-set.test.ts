import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpClient } from '../lib/http/client.ts';
import { createHttpClient } from '../lib/http/undici.ts';
import { createApp } from '../lib/runtime/app.ts';
import type { LogEntry } from '../lib/telemetry/log.ts';
import { HOUR, lags, logged, MINUTE, replicates, SECOND, typesAt, WEBHOOK, world } from './poll/support.ts';
import { PROGRAM } from './support/program.ts';
import { ACCESS_KEY, keptOpen, PROJECT_ID, SECRET_KEY, type World } from './support/world.ts';

const TO_2038 = Date.parse('2038-01-19T03:14:08.000Z') - Date.parse('2026-01-05T00:10:00.000Z');

const JUMPS = [
  ['an hour back', -HOUR],
  ['an hour ahead', HOUR],
  ['to 2038', TO_2038],
] as const;

const TASKS = Array.from({ length: 5 }, (_, i) => `task-${i}`);

/** One tick of a program in which something happens right after the `nth` answer. */
async function tickWith(made: World, { nth, after }: { nth: number; after: () => void }) {
  const real = createHttpClient();
  let answers = 0;
  const http: HttpClient = {
    ...real,
    async request(...call) {
      const answer = await real.request(...call);
      answers += 1;
      if (answers === nth) after();
      return answer;
    },
    close: () => real.close(),
  };
  const { config, clock, store } = made;
  const app = await createApp({ config, clock, http, store: keptOpen(store), log: () => undefined });
  const report = await app.tick(55 * SECOND);
  await app.close();
  expect(answers, 'the clock was set during the tick').toBeGreaterThanOrEqual(nth);
  return report;
}

describe.each(JUMPS)('A wall clock that is set %s', (_words, byMs) => {
  test('between two looks of one tick stops no later look and no event', async () => {
    const made = await world({ channels: WEBHOOK, settings: { lookEveryMs: 10 * SECOND } });
    replicates(made, 'task-1');
    let sleeps = 0;
    let deliveries = 0;
    let delivered = Promise.withResolvers<void>();
    // Seconds pass here in no time: nothing is on its way any more when they do.
    const whenDelivered = async (count: number) => {
      while (deliveries < count) await delivered.promise;
    };
    const clock = {
      ...made.clock,
      async sleep(ms: number) {
        if (ms < SECOND) return made.clock.sleep(ms);
        sleeps += 1;
        await whenDelivered(sleeps < 3 ? 1 : 2);
        await made.clock.sleep(ms);
        if (sleeps === 3) made.clock.set(byMs);
        if (sleeps === 5) lags(made.simulator, 'task-1');
      },
    };
    const log = ({ kind }: LogEntry) => {
      if (kind !== 'delivery') return;
      deliveries += 1;
      delivered.resolve();
      delivered = Promise.withResolvers();
    };
    const app = await createApp({ ...made, store: keptOpen(made.store), log, clock });
    const report = await app.tick(119 * SECOND);
    await app.close();

    expect(sleeps, 'as many as without').toBe(5);
    expect(report).toMatchObject({ looks: 6, pending: 0, dead: 0, ms: 50 * SECOND });
    expect(typesAt(made)).toEqual([
      'migration.first_seen',
      'migration.cutover_ready',
      'migration.cutover_unready',
    ]);
  });

  test('while looks wait for their turn delays none of them', async () => {
    const made = await world({ tasks: TASKS, channels: WEBHOOK, settings: { requestsPerSecond: 1 } });
    for (const id of TASKS) made.status(id, 'FULLMIGRATING');
    const begun = made.clock.elapsed();

    const report = await tickWith(made, { nth: 1, after: () => made.clock.set(byMs) });

    expect(report).toMatchObject({ looks: 5, failedLooks: 0, events: 5, delivered: 5, pending: 0 });
    expect(made.clock.elapsed() - begun).toBeLessThan(30 * SECOND);
  });

  test('while an action is checked loses nothing of it', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    for (let looks = 0; looks < 2; looks += 1) {
      await made.tick();
      made.clock.advance(MINUTE);
    }
    // The third look and its statistics, and both once more before the word goes out.
    let asked = 0;
    const report = await tickWith(made, {
      nth: 4,
      after() {
        asked = made.simulator.calls.stats;
        made.clock.set(byMs);
      },
    });

    expect(asked, 'the task was looked at again by then').toBe(4);
    expect(report).toMatchObject({ looks: 1, failedLooks: 0, delivered: 1, pending: 0, dead: 0 });
    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.cutover_ready']);
  });

  test('while messages are under way holds up no other', async () => {
    const tasks = Array.from({ length: 30 }, (_, i) => `task-${i}`);
    const made = await world({ tasks, channels: WEBHOOK });
    for (const id of tasks) made.status(id, 'FULLMIGRATING');
    let messages = 0;
    made.receiver.answer('/cutover', () => {
      messages += 1;
      if (messages === 2) made.clock.set(byMs);
      return { status: 200, body: 'ok' };
    });

    expect(await made.tick()).toMatchObject({ delivered: 30, pending: 0, dead: 0 });
    expect(messages).toBe(30);
  });

  test('between two attempts delays the second one by no more than planned', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 500 });
    expect(await made.tick()).toMatchObject({ delivered: 0, pending: 1 });
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.set(byMs);
    made.clock.advance(2 * MINUTE);

    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0, dead: 0 });
  });

  test('between ticks loses nothing, and the next ticks go on at once', async () => {
    const made = await world({ channels: WEBHOOK });
    for (const status of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
      made.status('task-1', status);
      expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0, dead: 0 });
      made.clock.advance(MINUTE);
      made.clock.set(status === 'RUNNING' ? byMs : -byMs);
    }
    expect(logged(made, 'looks_skipped')).toEqual([]);
  });
});

describe('A program whose clock is set back by an hour', () => {
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });

  test('goes on ticking at its pace, and stops on request', async () => {
    const made = await world({ channels: WEBHOOK, time: 'real' });
    made.status('task-1', 'FULLMIGRATING');
    const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-clock-'));
    folders.push(folder);
    const project = {
      id: PROJECT_ID,
      region: 'cn-north-4',
      endpoint: made.simulator.endpoint.href,
      allowInsecure: true,
      credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
      tasks: ['task-1'],
    };
    const channels = { ops: { type: 'slack', url: made.receiver.url('/ops'), allowInsecure: true } };
    const settings = { interval: '1s', requestsPerSecond: 100 };
    await writeFile(join(folder, 'watch.yml'), JSON.stringify({ projects: [project], channels, settings }));

    const setter = new URL('./support/clock-set.ts', import.meta.url).href;
    const flags = ['--disable-warning=ExperimentalWarning', '--import', setter];
    const child = spawn(process.execPath, [...flags, PROGRAM, '--json'], {
      cwd: folder,
      env: { CLOCK_SET_MS: String(-HOUR) },
    });
    const exit = once(child, 'exit');
    const stamps: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const { kind, timestamp } = JSON.parse(line);
      if (kind !== 'tick') continue;
      stamps.push(Date.parse(timestamp));
      if (stamps.length === 1) child.kill('SIGUSR2');
      if (stamps.length === 4) child.kill('SIGTERM');
    }
    expect(await exit).toEqual([0, null]);
    expect((stamps[3] ?? 0) - (stamps[0] ?? 0), 'its clock was set').toBeLessThan(-HOUR / 2);
  });
});
