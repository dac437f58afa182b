import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseMetrics } from '../server/support.ts';
import { LONGEST_RUN_MS, PROGRAM } from '../support/program.ts';
import { useWorld } from '../support/use-world.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';

const makeWorld = useWorld({ time: 'real' });

/** What it serves is tested in this process: test/cli/listening.test.ts. */
describe('a process that serves', () => {
  it('shows page and metrics as it is built, and ends in peace with connections open', async () => {
    const world = await makeWorld();
    world.status('task-1', 'FULLMIGRATING');
    const cwd = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-listen-'));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const config = {
      projects: [
        {
          id: PROJECT_ID,
          name: 'prod',
          region: 'cn-north-4',
          endpoint: String(world.simulator.endpoint),
          allowInsecure: true,
          tasks: ['task-1'],
        },
      ],
      channels: {
        cutover: {
          type: 'webhook',
          url: world.receiver.url('/cutover'),
          secret: SIGNING_SECRET,
          allowInsecure: true,
        },
      },
    };
    await writeFile(join(cwd, 'watch.yml'), JSON.stringify(config));
    const started = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', PROGRAM, 'watch', '--listen', '0'],
      {
        cwd,
        env: { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY },
        timeout: LONGEST_RUN_MS,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void started.kill('SIGKILL'));
    const ended = once(started, 'exit');
    let url = '';
    for await (const line of createInterface({ input: started.stdout })) {
      url = /serving (http:\S+)\/, /.exec(line)?.[1] ?? url;
      if (line.includes('tick:')) break;
    }
    const page = await fetch(`${url}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('task-1')]);
    const samples = parseMetrics(await (await fetch(`${url}/metrics`)).text());
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_ticks_total', labels: {}, value: 1 });

    const half = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    half.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    await once(half, 'connect');
    started.stdout.resume();
    started.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    half.destroy();
  });
});
