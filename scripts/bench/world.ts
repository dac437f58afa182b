import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type App, createApp } from '../../lib/app.ts';
import type { Config } from '../../lib/config/schema.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/thresholds.ts';
import { Secret } from '../../lib/secret.ts';
import type { Store } from '../../lib/store/store.ts';

export const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';

export function taskIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => index.toString(16).padStart(32, '0'));
}

/** Starts the server in a process of its own. */
export async function startServer(): Promise<{ url: URL; stop(): void }> {
  const child = fork(new URL('./server.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [url] = await once(child, 'message');
  return { url: new URL(String(url)), stop: () => child.disconnect() };
}

/** The program with so many watches, and no pace that would hide its speed. */
export function benchApp(endpoint: URL, tasks: readonly string[], store: Store): App {
  const config: Config = {
    projects: [
      {
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
      },
    ],
    channels: {},
    groups: {},
    settings: {
      intervalMs: 60_000,
      finishedEveryMs: 15 * 60_000,
      requestsPerSecond: 1e6,
      consoleUrl: 'https://console.huaweicloud.com/dcs/',
      thresholds: DEFAULT_THRESHOLDS,
    },
    warnings: [],
  };
  return createApp({ config, store, log: () => undefined });
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
