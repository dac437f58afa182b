import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { migratedFindings } from '../../lib/checkup/state/migrated.ts';
import { stateSection } from '../../lib/checkup/state/state.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../support/redis-server.ts';

const clock = { now: Date.now };

async function wordsAbout(url: Secret): Promise<string[]> {
  const { findings } = await stateSection({ kind: 'redis', url }, 'the Redis', clock);
  return findings.map(({ what, outcome, words }) => `${what}: ${outcome}: ${words}`);
}

describe.skipIf(NO_REDIS)('a check of the state in a Redis (with redis-server)', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  it('reports how safe it is there, and reads and writes', async () => {
    expect(await wordsAbout(server.url())).toEqual([
      'eviction: ok: it has the policy noeviction',
      'persistence: ok: it writes an append-only file',
      'replica: warning: it has no replica',
      'readable: ok: yes',
      'writable: ok: yes',
    ]);
  });

  it('reads and writes also where keys are evicted, which is a problem with a way out', async () => {
    await server.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { findings } = await stateSection({ kind: 'redis', url: server.url() }, 'the Redis', clock);
    expect(findings[0]).toEqual({
      what: 'eviction',
      outcome: 'problem',
      words: 'it deletes any keys when its memory is full (maxmemory-policy allkeys-lru)',
      advice: 'Set maxmemory-policy to noeviction.',
    });
    expect(findings.at(-1)).toMatchObject({ what: 'writable', outcome: 'ok' });
  });

  it('reports why it cannot be reached, without the password', async () => {
    const words = await wordsAbout(new Secret('redis://:canary@127.0.0.1:1'));
    expect(words).toEqual([
      'readable: problem: The Redis at 127.0.0.1:1 refuses connections',
      'writable: unchecked: known once the problem above is solved',
    ]);
  });
});

describe('a Redis that takes part in a migration', () => {
  const url = new Secret('redis://:canary@localhost:6380');
  const at = (address: string) => [{ taskId: 'task-1', instance: { name: 'target', address } }];

  it.each(['localhost:6380', '127.0.0.1:6380', '10.0.0.1:6379,127.0.0.1:6380'])(
    'is no place for the state (%s)',
    async (address) => {
      expect(await migratedFindings({ kind: 'redis', url }, at(address))).toEqual([
        {
          what: 'instance',
          outcome: 'problem',
          words: 'it takes part in the migration task-1, which overwrites it or moves its address',
          advice: 'Keep the state in another Redis, or elsewhere.',
        },
      ]);
    },
  );

  it('is another one at another port, and no matter for other stores', async () => {
    expect(await migratedFindings({ kind: 'redis', url }, at('127.0.0.1:6379'))).toEqual([]);
    expect(await migratedFindings({ kind: 'memory' }, at('127.0.0.1:6380'))).toEqual([]);
  });
});
