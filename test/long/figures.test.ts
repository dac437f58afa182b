import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { statusPage } from '../../lib/page/status-page.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import { goodWorld, TASK } from '../checkup/place.ts';
import { status, TEN, THOUSAND } from '../page/samples.ts';
import { costOfTick, MINUTE, WEBHOOK } from '../poll/support.ts';
import { tableOf } from '../support/markdown.ts';
import { useWorld } from '../support/use-world.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

const run = promisify(execFile);
const BUILT = resolve('bin/dcs-migration-watch.js');
const world = useWorld();
const ROWS = new Map(
  tableOf(readFileSync('docs/operating.md', 'utf8'), 'figures').map(([what = '', figure = '']) => [
    what,
    figure,
  ]),
);
const measured: string[] = [];

/** The figure that the documentation states, without its unit. */
function stated(what: string): number {
  const figure = ROWS.get(what);
  if (figure === undefined) throw new Error(`docs/operating.md has no figure for ${what}`);
  return Number(figure.replaceAll(',', '').split(' ')[0]);
}

function note(what: string, figure: string): void {
  measured.push(`${what}: ${figure} (stated: ${ROWS.get(what)})`);
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'figures-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

afterAll(() => {
  process.stdout.write(`${measured.join('\n')}\n`);
});

describe('the size of the page', () => {
  it.each([
    ['page of 10 tasks', TEN],
    ['page of 1,000 tasks', THOUSAND],
  ])('is what the documentation says: %s', async (what, tasks) => {
    const page = await statusPage(status(tasks), { language: 'en', timeZone: 'UTC' });
    const kilobytes = Buffer.byteLength(page) / 1000;
    note(what, `${kilobytes.toFixed(0)} kB`);
    expect(kilobytes / stated(what)).toBeGreaterThan(0.9);
    expect(kilobytes / stated(what)).toBeLessThan(1.1);
  });
});

describe('the writes of an active task in its second hour', () => {
  /** Writes in an hour of ticks a minute apart, after one that nobody counts. */
  async function writesOf(
    made: World,
    at: (minute: number) => Readonly<Record<string, number>>,
    status: string,
  ): Promise<number> {
    made.status('task-1', status);
    let writes = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      made.simulator.setStats('task-1', at(minute));
      const { store } = await costOfTick(made);
      if (minute >= 60) writes += store.save;
      made.clock.advance(MINUTE);
    }
    return writes;
  }
  const keys = { source_dbsize: 120_000, target_dbsize: 119_990 };

  it.each([
    ['writes an hour, full copy', 'FULLMIGRATING', (m: number) => ({ full_migration_progress: m / 2 })],
    ['writes an hour, lag that moves', 'INCRMIGEATING', (m: number) => ({ ...keys, offset: 1000 + m * 7 })],
    [
      'writes an hour, in step with moving keys',
      'INCRMIGEATING',
      (m: number) => ({ offset: 0, source_dbsize: 120_000 + m, target_dbsize: 120_000 + m }),
    ],
    ['writes an hour, nothing moves', 'INCRMIGEATING', () => ({ ...keys, offset: 0 })],
  ] as const)('are what the documentation says: %s', async (what, status, at) => {
    const writes = await writesOf(await world({ channels: WEBHOOK }), at, status);
    note(what, String(writes));
    expect(Math.abs(writes - stated(what))).toBeLessThanOrEqual(1);
  });
});

/** Times depend on the machine: they are printed, and only the promise is held. */
describe('the time that somebody waits', () => {
  it('from nothing to the first own message is less than two minutes', async () => {
    const made = await goodWorld({ tasks: [TASK], time: 'real' });
    const args = [
      'init',
      '--endpoint',
      made.simulator.endpoint.href,
      '--region',
      'cn-north-4',
      '--project-id',
    ];
    const rest = [PROJECT_ID, '--allow-insecure', '--task', TASK, '--slack-url-env', 'SLACK_URL'];
    const env = {
      HUAWEICLOUD_SDK_AK: ACCESS_KEY,
      HUAWEICLOUD_SDK_SK: SECRET_KEY,
      SLACK_URL: made.receiver.url('/ops'),
    };
    const startedAt = performance.now();
    const ended = run(process.execPath, [BUILT, ...args, ...rest], { cwd: folderOf(), env });
    while (made.receiver.at('/ops').length === 0) await new Promise((done) => setTimeout(done, 20));
    const seconds = (performance.now() - startedAt) / 1000;
    note('init to the first own message', `${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(120);
    await ended;
  });

  it('for the status of a thousand tasks is seconds at most', async () => {
    const folder = folderOf();
    const file = join(folder, 'state.db');
    const tasks = Array.from({ length: 1000 }, (_, at) => `task-${at}`);
    const made = await world({
      tasks,
      channels: WEBHOOK,
      time: 'real',
      store: () => openSqliteStore({ file, now: Date.now }),
      settings: { requestsPerSecond: 1000 },
    });
    for (const task of tasks) made.status(task, 'INCRMIGEATING');
    await made.tick({ remainingMs: 120_000 });
    writeFileSync(
      join(folder, 'watch.yml'),
      JSON.stringify({
        projects: [{ id: PROJECT_ID, region: 'cn-north-4', tasks }],
        channels: { cutover: { type: 'webhook', url: 'https://ci.example.com/', secret: '${UNSET}' } },
      }),
    );
    const startedAt = performance.now();
    const { stdout } = await run(process.execPath, [BUILT, 'status', '--state', file], {
      cwd: folder,
      env: {},
    });
    const seconds = (performance.now() - startedAt) / 1000;
    expect(stdout).toContain('task-999');
    note('status of 1,000 tasks', `${seconds.toFixed(2)} s`);
    expect(seconds).toBeLessThan(60);
  });
});
