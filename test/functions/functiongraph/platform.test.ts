import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Platform } from '../../../lib/runtime/platform.ts';
import { createService } from '../../../lib/runtime/service.ts';
import { keepsThePlatformContract } from '../../runtime/platform-contract.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../../support/world.ts';

let world: World;
let redis: RedisServer;
let folder: string;
let platform: Platform;
let written = '';

describe.skipIf(NO_REDIS)('FunctionGraph', () => {
  beforeAll(async () => {
    world = await createWorld({ time: 'real' });
    world.status('task-1', 'FULLMIGRATING');
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-functiongraph-'));
    const project = {
      id: PROJECT_ID,
      region: 'cn-north-4',
      endpoint: world.simulator.endpoint.href,
      allowInsecure: true,
      tasks: ['task-1'],
    };
    const channels = { ops: { type: 'slack', url: world.receiver.url('/ops'), allowInsecure: true } };
    await writeFile(join(folder, 'watch.yml'), JSON.stringify({ projects: [project], channels }));
    const env = {
      RUNTIME_CODE_ROOT: folder,
      STATE_REDIS_URL: redis.url().reveal(),
      HUAWEICLOUD_SDK_AK: ACCESS_KEY,
      HUAWEICLOUD_SDK_SK: SECRET_KEY,
    };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    vi.spyOn(console, 'log').mockImplementation((line) => {
      written += `${line}\n`;
    });
    ({ platform } = await import('../../../functions/functiongraph.ts'));
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await Promise.all([world.close(), redis.close()]);
    await rm(folder, { recursive: true });
  });

  keepsThePlatformContract(() => ({ platform, known: {}, written: () => written }));

  it('begins for runtimes that wait for a callback, and for those that wait for a promise', async () => {
    const { initializer } = await import('../../../functions/functiongraph.ts');
    await initializer({});
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    expect(initializer({}, (...answer) => resolve(answer))).toBeUndefined();
    expect(await promise).toEqual([null, '']);
  });

  it('deletes dead letters whose 30 days are over, and no others', async () => {
    const second = Math.floor(Date.now() / 1000);
    const kept = '2026-01-02T00:00:00Z/b/ops';
    await redis.admin.hset('{dcs-migration-watch}:dead', {
      '2026-01-01T00:00:00Z/a/ops': `1 ${second - 10 * 24 * 3600} nonce {}`,
      [kept]: `1 ${second + 3600} nonce {}`,
    });

    expect(await createService(platform).invoke(60_000)).toMatchObject({ tasks: 1 });

    expect(await redis.admin.hkeys('{dcs-migration-watch}:dead')).toEqual([kept]);
  });

  it('needs the address of a Redis', () => {
    vi.stubEnv('STATE_REDIS_URL', '');
    expect(() => platform.store(undefined)).toThrow(
      'STATE_REDIS_URL is not set: the function needs the address of the Redis that keeps its state',
    );
    vi.stubEnv('STATE_REDIS_URL', redis.url().reveal());
  });

  it('trusts the authorities of STATE_REDIS_CA for its Redis', () => {
    const ca = readFileSync('test/fixtures/tls/ca.crt', 'utf8');
    vi.stubEnv('STATE_REDIS_CA', ca);
    vi.stubEnv('STATE_REDIS_URL', 'rediss://redis.example');
    expect(platform.store(undefined)).toMatchObject({ kind: 'redis', ca });
    vi.stubEnv('STATE_REDIS_CA', '');
    vi.stubEnv('STATE_REDIS_URL', redis.url().reveal());
  });

  it('writes each line of its log as JSON', () => {
    for (const line of written.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });
});
