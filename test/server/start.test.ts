import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMonitor } from '../../lib/server/monitor.ts';
import { serveWatcher } from '../../lib/server/start.ts';
import type { StatusSource } from '../../lib/status/source.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import type { LogEntry } from '../../lib/telemetry/log.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { parseMetrics, reportOf } from './support.ts';

interface Served {
  readonly clock: TestClock;
  readonly monitor: Awaited<ReturnType<typeof createMonitor>>;
  readonly log: readonly LogEntry[];
  ask(path: string): Promise<{ readonly status: number | undefined; readonly body: string }>;
  close(): Promise<void>;
}

/** A watcher of nothing, with this way to its state. */
async function serve(source: (clock: TestClock, store: Store) => StatusSource): Promise<Served> {
  const clock = createTestClock();
  const monitor = await createMonitor(clock);
  const log: LogEntry[] = [];
  const store = createMemoryStore({ now: clock.now });
  const server = await serveWatcher({
    address: { host: '127.0.0.1', port: 0, isLoopback: true },
    token: undefined,
    watched: {
      source: async () => source(clock, store),
      pageOptions: () => ({ language: 'en', timeZone: 'UTC' }),
      longestTickMs: () => 100_000,
    },
    monitor,
    log: (entry) => void log.push(entry),
    clock,
  });
  onTestFinished(() => server.close());
  return {
    clock,
    monitor,
    log,
    async ask(path) {
      const [response] = await once(request(new URL(path, server.url), { agent: false }).end(), 'response');
      return { status: response.statusCode, body: await text(response) };
    },
    close: server.close,
  };
}

const sourceWith = (store: Store, { now }: TestClock): StatusSource => ({
  store,
  projects: [
    {
      id: 'p',
      name: 'p',
      region: 'r',
      watches: [],
      watchOf: () => {
        throw new Error('no task');
      },
    },
  ],
  groups: [],
  channels: [],
  now: new Date(now()),
});

describe('a state that cannot be read', () => {
  const locked = (store: Store): Store => ({
    ...store,
    load: () => Promise.reject(new StoreError('unavailable', 'the state is locked')),
  });

  it('is said by the page, and leaves health and metrics as they are', async () => {
    const served = await serve((clock, store) => sourceWith(locked(store), clock));
    served.monitor.observe({ kind: 'tick', ...reportOf() });
    for (const path of ['/', '/status.json', '/tasks/x']) {
      expect(await served.ask(path)).toEqual({
        status: 503,
        body: expect.stringContaining('the state is locked'),
      });
    }
    expect(await served.ask('/healthz')).toMatchObject({ status: 200 });
    const metrics = await served.ask('/metrics');
    expect(metrics.status).toBe(200);
    const samples = parseMetrics(metrics.body);
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_state_readable', labels: {}, value: 0 });
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_ticks_total', labels: {}, value: 1 });
  });

  it('is one line of the log, until it could be read again', async () => {
    let isLocked = true;
    const served = await serve((clock, store) => sourceWith(isLocked ? locked(store) : store, clock));
    const askTwice = async () => {
      for (const path of ['/metrics', '/']) {
        await served.ask(path);
        served.clock.advance(5000);
      }
    };
    await askTwice();
    await askTwice();
    expect(served.log).toHaveLength(1);
    isLocked = false;
    await askTwice();
    isLocked = true;
    await askTwice();
    expect(served.log).toEqual(
      Array(2).fill({
        kind: 'problem',
        message: expect.stringMatching(/cannot be read .*: the state is locked/),
      }),
    );
  });
});

describe('an error of ours', () => {
  it('is a 500 without its words, one line of the log, and no end of the server', async () => {
    const served = await serve(() => {
      throw new TypeError('canary');
    });
    for (const _time of [1, 2])
      expect(await served.ask('/status.json')).toEqual({ status: 500, body: 'internal error\n' });
    expect(await served.ask('/healthz')).toMatchObject({ status: 200 });
    expect(JSON.stringify(served.log)).toContain('internal error (TypeError)');
    expect(JSON.stringify(served.log)).not.toContain('canary');
  });
});

describe('the readiness that is served', () => {
  it('comes with the first tick, and goes when no other follows', async () => {
    const served = await serve((clock, store) => sourceWith(store, clock));
    expect(await served.ask('/readyz')).toEqual({ status: 503, body: 'no tick has ended yet\n' });
    served.monitor.observe({ kind: 'tick', ...reportOf() });
    expect(await served.ask('/readyz')).toEqual({ status: 200, body: 'ok\n' });
    served.clock.advance(100_001);
    expect(await served.ask('/readyz')).toEqual({ status: 503, body: 'no tick has ended for 100 seconds\n' });
    served.monitor.tickFailed('the disk is full');
    expect(await served.ask('/readyz')).toEqual({
      status: 503,
      body: 'the last tick failed: the disk is full\n',
    });
  });
});

describe('the end of a server', () => {
  it('does not wait for an answer that never comes', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const served = await serve((clock, store) => {
      const never = () => {
        resolve();
        return new Promise<never>(() => undefined);
      };
      return sourceWith({ ...store, load: never }, clock);
    });
    const lost = served.ask('/').catch(({ code }) => code);
    await asked;
    await served.close();
    expect(await lost).toBe('ECONNRESET');
  });
});
