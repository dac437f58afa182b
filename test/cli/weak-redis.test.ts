import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandLine } from '../support/command-line.ts';
import { WAIT } from '../support/patience.ts';
import { NO_REDIS, type RedisServer, startRedis, startReplica } from '../support/redis-server.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

const PASSWORD = 'canary-redis-password';

let world: World;
let folder: string;
let redis: RedisServer;

beforeEach(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-redis-'));
  const project = {
    id: PROJECT_ID,
    region: 'cn-north-4',
    endpoint: world.simulator.endpoint.href,
    allowInsecure: true,
    tasks: ['task-1'],
  };
  const channels = { ops: { type: 'slack', url: world.receiver.url('/ops'), allowInsecure: true } };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify({ projects: [project], channels }));
});
afterEach(async () => {
  await Promise.all([world.close(), redis.close()]);
  await rm(folder, { recursive: true });
});

function commandLine(password = '') {
  const env = {
    HUAWEICLOUD_SDK_AK: ACCESS_KEY,
    HUAWEICLOUD_SDK_SK: SECRET_KEY,
    STATE_REDIS_URL: redis
      .url()
      .reveal()
      .replace('//', password === '' ? '//' : `//:${password}@`),
  };
  return createCommandLine({ cwd: folder, env });
}

describe.skipIf(NO_REDIS)('watch with its state in a Redis (with redis-server)', () => {
  it('says once what makes the Redis less safe than it could be, as check does, and no secret', async () => {
    redis = await startRedis(['--requirepass', PASSWORD, '--appendonly', 'no']);
    const line = commandLine(PASSWORD);
    const ended = line.run('--json');
    const entries = () =>
      line
        .out()
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text));
    const ticks = () => entries().filter(({ kind }) => kind === 'tick').length;
    await expect.poll(ticks, WAIT).toBe(1);
    line.kill('SIGHUP');
    await expect.poll(ticks, WAIT).toBe(2);
    line.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    const place = `The Redis at 127.0.0.1:${redis.port}`;
    const [memory, replica, ...others] = entries().filter(({ message }) =>
      String(message).startsWith('The Redis'),
    );
    expect(memory).toMatchObject({
      level: 'warn',
      message: `${place} keeps its data in memory alone: switch on its append-only file (appendonly yes).`,
    });
    const advice =
      'a failure of its machine may lose what was written last; use master/standby for what matters';
    expect(replica).toMatchObject({ level: 'warn', message: `${place} has no replica: ${advice}.` });
    expect(others).toEqual([]);
    expect(line.out()).not.toContain(PASSWORD);
    const checked = (await commandLine(PASSWORD).run('check')).out.replace(/\s+/g, ' ');
    expect(checked).toContain('it keeps its data in memory alone');
    expect(checked).toContain(`A${advice.slice(1)}`);
  });

  it('says nothing of a Redis with an append-only file and a replica', async () => {
    redis = await startRedis();
    const replica = await startReplica(redis);
    const { out } = await commandLine().run('--once');
    await replica.close();
    expect(out).toContain('looked at 1 task');
    expect(out).not.toContain('The Redis');
  });
});
