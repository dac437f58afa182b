import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';
import type { Item } from '../../../lib/store/store.ts';
import { damageField, REDIS_DAMAGES } from '../../support/damage-redis.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { describeChoice, describeStore, newItem, newKey } from '../contract.ts';

const NOW = Date.parse('2026-01-05T00:10:11Z');
const now = () => NOW;

describe.skipIf(NO_REDIS)('With redis-server:', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  describeStore(
    'The Redis store',
    async (clock) => ({
      open: () => openRedisStore({ url: server.url(), now: clock }),
      damage: (key, way) => damageField(server.admin, key, way),
      close: async () => {},
    }),
    REDIS_DAMAGES,
  );

  describe('The Redis of an address', () => describeChoice(() => ({ kind: 'redis', url: server.url() })));

  describe('The Redis store', () => {
    it('keeps an item as a field that people can read, in a hash that never expires', async () => {
      const store = openRedisStore({ url: server.url(), now });
      const item = newItem({ expiresAt: NOW / 1000 + 60 });
      await store.save(item);

      const key = `{dcs-migration-watch}:${item.key.partition}`;
      expect(await server.admin.hgetall(key)).toEqual({
        [item.key.id]: `1 ${NOW / 1000 + 60} ${item.nonce} {}`,
      });
      expect(await server.admin.ttl(key)).toBe(-1);
      await store.close();
    });

    it('keeps the items of two prefixes apart, and those of two databases', async () => {
      const urls = ['', '?prefix=other', '/3', '/3?prefix=other'].map((rest) => server.url(rest));
      const key = newKey();
      const stores = urls.map((url) => openRedisStore({ url, now }));
      const items = urls.map((_url, index) => newItem({ key, body: String(index) }));
      for (const [index, store] of stores.entries()) await store.save(items[index] ?? newItem());

      const read: (Item | undefined)[] = [];
      for (const store of stores) read.push(await store.get(key));
      expect(read).toStrictEqual(items);
      for (const store of stores) await store.close();
    });

    it('deletes items an hour after they expired, when their partition is read', async () => {
      let ms = NOW;
      const store = openRedisStore({ url: server.url(), now: () => ms });
      const { partition } = newKey();
      const key = `{dcs-migration-watch}:${partition}`;
      for (const [id, seconds] of Object.entries({ soon: 10, late: 4000, never: undefined })) {
        const expiry = seconds === undefined ? {} : { expiresAt: NOW / 1000 + seconds };
        await store.save(newItem({ key: { partition, id }, ...expiry }));
      }

      ms += 3600_000;
      await store.load(partition);
      expect((await server.admin.hkeys(key)).toSorted()).toEqual(['late', 'never', 'soon']);

      ms += 10_000;
      expect((await store.load(partition)).map(({ key: { id } }) => id)).toEqual(['late', 'never']);
      expect((await server.admin.hkeys(key)).toSorted()).toEqual(['late', 'never']);
      await store.close();
    });

    it('loads its scripts again when Redis has forgotten them', async () => {
      const store = openRedisStore({ url: server.url(), now });
      const item = newItem();
      await store.save(item);
      await server.admin.script('FLUSH');

      expect(await store.save(newItem({ key: item.key, rev: 2 }))).toBe('saved');
      await store.close();
    });
  });
});
