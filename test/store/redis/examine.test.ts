import { describe, expect, it } from 'vitest';
import { openStore } from '../../../lib/store/index.ts';
import { examineRedis } from '../../../lib/store/redis/examine.ts';
import { WAIT } from '../../support/patience.ts';
import { NO_REDIS, type RedisServer, startRedis, startReplica } from '../../support/redis-server.ts';
import { failureOf } from '../contract.ts';

async function withRedis<T>(
  settings: readonly string[],
  work: (server: RedisServer) => Promise<T>,
): Promise<T> {
  const server = await startRedis(settings);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

async function outcomesOf(server: RedisServer, rest = ''): Promise<Record<string, string>> {
  const facts = await examineRedis({ url: server.url(rest) });
  return Object.fromEntries(facts.map(({ what, outcome, words }) => [what, `${outcome}: ${words}`]));
}

/** What the opening of a store there warns of. */
async function warningsOf(server: RedisServer): Promise<string[]> {
  const warnings: string[] = [];
  const store = await openStore({ kind: 'redis', url: server.url() }, Date.now, (message) =>
    warnings.push(message),
  );
  await store.close();
  return warnings;
}

describe.skipIf(NO_REDIS)('what is found out about a Redis (with redis-server)', () => {
  it('is that it has no replica, where it has none', () =>
    withRedis([], async (server) => {
      expect(await outcomesOf(server)).toEqual({
        eviction: 'ok: has the policy noeviction',
        persistence: 'ok: writes an append-only file',
        replica: 'warning: has no replica',
      });
    }));

  it('is that a replica confirms, and then that it no longer does', () =>
    withRedis([], async (server) => {
      const replica = await startReplica(server);
      // On a busy machine the replica confirms a write too late now and then.
      await expect
        .poll(() => outcomesOf(server), WAIT)
        .toMatchObject({ replica: 'ok: has a replica that confirms every write' });
      expect(await outcomesOf(server, '?replicas=0')).toMatchObject({
        replica: 'warning: has a replica that is not waited for',
      });
      await replica.close();
      expect((await outcomesOf(server))['replica']).toMatch(/^problem: has no replica that confirms/);
      // It may come back, so that a watcher starts and reads.
      expect(await warningsOf(server)).toEqual([
        expect.stringMatching(/ has no replica that confirms writes, so no write would count: mend .*\.$/),
      ]);
    }));

  it('is how it keeps its data', () =>
    withRedis(['--appendonly', 'no'], async (server) => {
      expect((await outcomesOf(server))['persistence']).toBe('warning: keeps its data in memory alone');
      await server.admin.config('SET', 'save', '60 1');
      expect((await outcomesOf(server))['persistence']).toMatch(/^warning: writes snapshots alone/);
    }));

  it('is that it evicts keys, so that no store is opened there', () =>
    withRedis(['--maxmemory-policy', 'allkeys-lru'], async (server) => {
      const error = await failureOf(openStore({ kind: 'redis', url: server.url() }, Date.now));
      expect(error).toMatchObject({
        code: 'denied',
        message: expect.stringMatching(/allkeys-lru.*noeviction\.$/),
      });
      await server.admin.config('SET', 'maxmemory-policy', 'volatile-lru');
      expect((await outcomesOf(server))['eviction']).toMatch(/^ok/);
    }));

  it('is that Redis does not report its settings, where they may not be read', () =>
    withRedis([], async (server) => {
      await server.admin.call('ACL', 'SETUSER', 'default', '-config', '-info');
      const { eviction, persistence } = await outcomesOf(server);
      expect([eviction, persistence]).toEqual([
        'warning: does not tell what it deletes when its memory is full',
        'warning: does not tell whether it keeps its data on a disk',
      ]);
    }));

  it('is that it is a replica, so that no store is opened there', () =>
    withRedis([], async (server) => {
      const replica = await startReplica(server);
      const error = await failureOf(openStore({ kind: 'redis', url: replica.url() }, Date.now));
      expect(error.message).toMatch(/is a replica, which takes no writes: .*name the master/);
      await replica.close();
    }));
});
