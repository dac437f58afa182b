import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';
import { PATIENCE } from '../../../lib/store/redis/session/connection.ts';
import type { Store } from '../../../lib/store/store.ts';
import { rawServer, tlsServer } from '../../http/servers.ts';
import { type RedisProxy, startRedisProxy } from '../../support/redis-proxy.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { failureOf, newItem, newKey } from '../contract.ts';

const now = () => Date.parse('2026-01-05T00:10:11Z');
const SHORT = { connectMs: 400, commandMs: 400 };

/** Works with a store that is closed afterwards. */
async function withStore<T>(url: Secret, work: (store: Store) => Promise<T>, patience = SHORT): Promise<T> {
  const store = openRedisStore({ url, now, patience });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Works with a Redis of its own. */
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

describe.skipIf(NO_REDIS)('A Redis (with redis-server)', () => {
  let server: RedisServer;
  let proxy: RedisProxy;
  beforeAll(async () => {
    server = await startRedis();
    proxy = await startRedisProxy(server.port);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  it.each(['cut before', 'cut after', 'silent'] as const)(
    'whose connection is %s a save, has it once',
    (way) =>
      withStore(proxy.url(), async (store) => {
        const item = newItem();
        const fault = proxy.fault('evalsha', way);

        expect(await store.save(item)).toBe('saved');

        expect(fault.fired).toBe(1);
        expect(await store.get(item.key)).toStrictEqual(item);
      }),
  );

  it.each(['cut before', 'silent'] as const)('whose connection is %s each time, leaves it unknown', (way) =>
    withStore(proxy.url(), async (store) => {
      await store.get(newKey());
      const fault = proxy.fault('evalsha', way, 3);

      expect(await failureOf(store.save(newItem()))).toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('did not answer in time or broke the connection'),
      });
      expect(fault.fired).toBe(3);
    }),
  );

  it.each(['hkeys', 'hmget', 'hget', 'role'])('whose connection is cut at %s, is asked again', (word) =>
    withStore(proxy.url(), async (store) => {
      const item = newItem();
      await withStore(server.url(), (other) => other.save(item));
      const fault = proxy.fault(`\r\n${word}\r\n`, 'cut after');

      expect(await store.load(item.key.partition)).toStrictEqual([item]);
      expect(await store.get(item.key)).toStrictEqual(item);
      expect(fault.fired).toBe(1);
    }),
  );

  it.each(['-LOADING canary', '-READONLY canary', '-MASTERDOWN canary'] as const)(
    'that says %s once, is asked again',
    (way) =>
      withStore(proxy.url(), async (store) => {
        const fault = proxy.fault('evalsha', way);

        expect(await store.save(newItem())).toBe('saved');
        expect(fault.fired).toBe(1);
      }),
  );

  it.each<[`-${string}`, string, string]>([
    ['-LOADING canary', 'unavailable', 'is loading its data'],
    ['-READONLY canary', 'unavailable', 'is a replica and takes no writes'],
    ['-MISCONF canary', 'unavailable', 'cannot write to its disk'],
    ['-MOVED 1 canary:6379', 'denied', 'is a node of a cluster'],
    ['-NOPERM canary', 'denied', 'does not let this user'],
    ["-ERR unknown command 'canary'", 'denied', 'lacks a command'],
    ['-ERR max number of clients reached canary', 'unavailable', 'has too many clients'],
    ['-ERR canary', 'unavailable', 'refused a request'],
    ['-WRONGTYPE canary', 'corrupt', 'keys of another program'],
  ])('that answers %s each time, is reported as %s in our words', (way, code, words) =>
    withStore(proxy.url(), async (store) => {
      const fault = proxy.fault('evalsha', way, 3);

      const error = await failureOf(store.save(newItem()));

      expect(fault.fired).toBe(code === 'unavailable' && /LOAD|READ/.test(way) ? 3 : 1);
      fault.left = 0;
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
      expect(inspect(error)).not.toContain('canary');
    }),
  );

  it('that has another type under a key, is reported as corrupt, and others are saved beside it', () =>
    withStore(server.url(), async (store) => {
      const key = newKey();
      await server.admin.set(`{dcs-migration-watch}:${key.partition}`, 'theirs');

      const [bad, good] = await Promise.allSettled([store.save(newItem({ key })), store.save(newItem())]);

      expect(bad).toMatchObject({ reason: { code: 'corrupt' } });
      expect(good).toMatchObject({ value: 'saved' });
      expect(await failureOf(store.load(key.partition))).toMatchObject({ code: 'corrupt' });
    }));

  it('that is full, refuses writes and still reads', () =>
    withRedis(['--maxmemory', '4mb', '--maxmemory-policy', 'noeviction'], (full) =>
      withStore(full.url(), async (store) => {
        const body = 'x'.repeat(300_000);
        const item = newItem();
        await store.save(item);
        const results = [];
        for (let i = 0; i < 20; i += 1)
          results.push(await store.save(newItem({ body })).catch((error: unknown) => error));

        expect(results.at(-1)).toMatchObject({
          code: 'unavailable',
          message: expect.stringMatching(/no memory left.*OOM/),
        });
        expect(await store.get(item.key)).toStrictEqual(item);
      }),
    ));

  it('that became a replica, takes no writes', () =>
    withRedis([], (demoted) =>
      withStore(demoted.url(), async (store) => {
        await store.save(newItem());
        await demoted.admin.replicaof('127.0.0.1', server.port);

        expect(await failureOf(store.save(newItem()))).toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining('is a replica'),
        });
      }),
    ));

  it('that is a node of a cluster, is refused', () =>
    withRedis(['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no'], (node) =>
      withStore(node.url(), async (store) => {
        expect(await failureOf(store.get(newKey()))).toMatchObject({
          code: 'denied',
          message: expect.stringContaining('is a node of a cluster'),
        });
      }),
    ));

  describe('that asks for a password', () => {
    const PASSWORD = 'canary:p@ss/%word';
    const enter = (words: string) => `//${words}@`;
    const at = (url: Secret, words: string) => new Secret(url.reveal().replace('//', enter(words)));

    it('is used with it, and with a user who has only what is needed', () =>
      withRedis(['--requirepass', PASSWORD], async (locked) => {
        await locked.admin.auth(PASSWORD);
        const rights =
          '~{dcs-migration-watch}* +eval +evalsha +hget +hset +hdel +hkeys +hmget +wait +exists +set +select';
        await locked.admin.call('ACL', 'SETUSER', 'watcher', 'on', '>secret:2', ...rights.split(' '));
        const item = newItem();
        await withStore(at(locked.url(), `:${encodeURIComponent(PASSWORD)}`), (store) => store.save(item));

        // It may not ask for the role: then the address says that there is no replica.
        const url = at(locked.url('?replicas=0'), 'watcher:secret%3A2');
        await withStore(url, async (store) => {
          expect(await store.load(item.key.partition)).toStrictEqual([item]);
          expect(await store.save(newItem())).toBe('saved');
        });
        const asking = at(locked.url(), 'watcher:secret%3A2');
        const error = await withStore(asking, (store) => failureOf(store.save(newItem())), PATIENCE);
        expect(error.message).toContain('?replicas=0');
      }));

    it.each<[string, string, string]>([
      ['no', '', 'asks for a password'],
      ['a wrong', ':canary-wrong', 'refuses the user or the password'],
      [
        'an unknown user with the',
        `canary-user:${encodeURIComponent(PASSWORD)}`,
        'refuses the user or the password',
      ],
    ])('is not used with %s password, which is not shown', (_words, words, why) =>
      withRedis(['--requirepass', PASSWORD], async (locked) =>
        withStore(words === '' ? locked.url() : at(locked.url(), words), async (store) => {
          const error = await failureOf(store.get(newKey()));
          expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining(why) });
          expect(inspect(error, { depth: 9 })).not.toContain('canary');
        }),
      ),
    );

    it('although it has none, is not used', () =>
      withStore(at(server.url(), ':canary'), async (store) => {
        const error = await failureOf(store.get(newKey()));
        expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining('has no password') });
        expect(inspect(error, { depth: 9 })).not.toContain('canary');
      }));
  });
});

describe('What is no Redis', () => {
  it.each<[string, () => Promise<Secret>, string, RegExp]>([
    [
      'nobody',
      async () => new Secret('redis://127.0.0.1:1'),
      'unavailable',
      /refuses connections.*ECONNREFUSED/,
    ],
    [
      'HTTP',
      async () => new Secret(`redis://127.0.0.1:${(await speaker('HTTP/1.1 400 canary\r\n\r\n')).port}`),
      'corrupt',
      /not like Redis/,
    ],
    [
      'one that is silent',
      async () => new Secret(`redis://127.0.0.1:${(await speaker('')).port}`),
      'unavailable',
      /did not answer in time.*whether it wants TLS \(rediss:\/\/\)/,
    ],
    [
      'one that is silent to TLS, as a Redis without it is',
      async () => new Secret(`rediss://127.0.0.1:${(await speaker('')).port}`),
      'unavailable',
      /did not answer in time.*whether it has TLS \(without it, write redis:\/\/\)/,
    ],
    [
      'TLS that is not trusted',
      async () => new Secret(`rediss://127.0.0.1:${(await tlsServer('self-signed')).port}`),
      'denied',
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'one without TLS',
      async () => new Secret(`rediss://127.0.0.1:${(await speaker('-ERR canary\r\n')).port}`),
      'denied',
      /speaks no TLS/,
    ],
  ])('(%s) is reported in our words, within bounds', async (_words, open, code, words) => {
    const started = performance.now();
    const error = await withStore(await open(), (store) => failureOf(store.get(newKey())));

    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(inspect(error)).not.toContain('canary');
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  function speaker(words: string) {
    return rawServer((socket) => void socket.on('error', () => undefined).write(words));
  }
});
