import { fork } from 'node:child_process';
import { once } from 'node:events';
import { defined } from '../../lib/base/defined.ts';
import { Secret } from '../../lib/base/secret.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { type App, createApp } from '../../lib/runtime/app.ts';
import type { Store } from '../../lib/store/store.ts';

export const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';

/** How many tasks there are of each status. */
export type StatusCounts = Readonly<Record<string, number>>;

/** Starts the server in a process of its own. */
export async function startServer(tasks: StatusCounts): Promise<{ url: URL; stop(): void }> {
  const counts = Object.entries(tasks).map(([status, count]) => `${status}=${count}`);
  const child = fork(new URL('./server.ts', import.meta.url), counts, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [url] = await once(child, 'message');
  return { url: new URL(String(url)), stop: () => child.disconnect() };
}

/** The program with so many watches, and no pace that would hide its speed. */
export function benchApp(
  endpoint: URL,
  tasks: readonly string[],
  store: Store,
  { discover = false, http }: { readonly discover?: boolean; readonly http?: HttpClient } = {},
): Promise<App> {
  const config: Config = {
    projects: [
      defined({
        id: PROJECT_ID,
        name: 'bench',
        region: 'cn-north-4',
        endpoint,
        allowInsecure: true,
        credentials: {
          accessKey: new Secret('BENCHACCESSKEY000001'),
          secretKey: new Secret('bench-secret-key'),
        },
        tasks: tasks.map((id) => ({ id, labels: {} })),
        discover: discover ? { labels: {} } : undefined,
      }),
    ],
    channels: {},
    groups: {},
    settings: {
      language: 'en',
      timeZone: 'UTC',
      intervalMs: 60_000,
      finishedEveryMs: 15 * 60_000,
      requestsPerSecond: 1e6,
      runPerProject: 'auto',
      consoleUrl: 'https://console.huaweicloud.com/dcs/',
      thresholds: DEFAULT_THRESHOLDS,
    },
    warnings: [],
  };
  return createApp(defined({ config, store, log: () => undefined, http }));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** CPU that this process spends on `work`, user and system, in microseconds. */
export async function cpuMicros(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Counts what is asked of a store. */
export function counted(store: Store, calls: { load: number; get: number; save: number }): Store {
  return {
    ...store,
    load: (partition) => {
      calls.load += 1;
      return store.load(partition);
    },
    get: (key) => {
      calls.get += 1;
      return store.get(key);
    },
    save: (item) => {
      calls.save += 1;
      return store.save(item);
    },
  };
}
