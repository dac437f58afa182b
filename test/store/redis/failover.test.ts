import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';
import type { Store } from '../../../lib/store/store.ts';
import { type RedisProxy, startRedisProxy } from '../../support/redis-proxy.ts';
import { NO_REDIS, type RedisServer, startRedis, startReplica } from '../../support/redis-server.ts';
import { failureOf, newItem } from '../contract.ts';

const now = () => Date.parse('2026-01-05T00:10:11Z');
const UNCONFIRMED = { code: 'unavailable', message: expect.stringContaining('no replica that confirmed') };

describe.skipIf(NO_REDIS)('A Redis with a replica (with redis-server)', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let link: RedisProxy;
  const opened: Store[] = [];
  beforeEach(async () => {
    master = await startRedis();
    link = await startRedisProxy(master.port);
    replica = await startReplica(master, link.port);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    replica.resume();
    await link.close();
    await master.close();
    await replica.close();
  });

  function open(server: RedisServer | RedisProxy, rest = ''): Store {
    const store = openRedisStore({ url: server.url(rest), now });
    opened.push(store);
    return store;
  }

  it('loses no write in a failover that it has acknowledged, and would without being waited for', async () => {
    const confirmed = newItem();
    const [careful, careless] = [open(master), open(master, '?replicas=0')];
    expect(await careful.save(confirmed)).toBe('saved');
    const [lost, unknown] = [newItem(), newItem()];
    link.hold();
    expect(await careless.save(lost)).toBe('saved');
    expect(await failureOf(careful.save(unknown))).toMatchObject(UNCONFIRMED);

    await master.kill();
    await replica.admin.replicaof('NO', 'ONE');
    const after = open(replica, '?replicas=0');

    expect(await after.get(confirmed.key)).toStrictEqual(confirmed);
    expect(await after.get(lost.key)).toBeUndefined();
    expect(await after.get(unknown.key)).toBeUndefined();
  });

  it('takes no write on top of one that a failover took away, though its revision is there again', async () => {
    const first = newItem();
    const taken = newItem({ key: first.key, rev: 2 });
    await open(master).save(first);
    link.hold();
    await failureOf(open(master).save(taken));
    // Another run reads what no replica has, and stalls.
    const read = await open(master).get(first.key);
    expect(read).toStrictEqual(taken);
    await master.kill();
    await replica.admin.replicaof('NO', 'ONE');
    const after = open(replica, '?replicas=0');
    const stored = newItem({ key: first.key, rev: 2, body: '"of the new master"' });
    expect(await after.save({ ...stored, replaces: first.nonce })).toBe('saved');

    const next = newItem({ key: first.key, rev: 3 });
    expect(await after.save({ ...next, replaces: read?.nonce ?? '' })).toBe('conflict');
    expect(await after.get(first.key)).toStrictEqual(stored);
    const known = { ...next, replaces: stored.nonce };
    // The second is a write whose answer was lost.
    expect([await after.save(known), await after.save(known)]).toEqual(['saved', 'saved']);
    expect(await after.get(first.key)).toStrictEqual(next);
  });

  it('compares revisions alone where a run or an item has no nonce, as builds before did', async () => {
    const store = open(master);
    const [bare, other] = [newItem({ nonce: '' }), newItem()];
    await store.save(bare);
    await store.save(other);

    expect(await store.save({ ...newItem({ key: bare.key, rev: 2 }), replaces: 'unknown' })).toBe('saved');
    expect(await store.save(newItem({ key: other.key, rev: 2 }))).toBe('saved');
  });

  it('confirms a write that was not known, when it is made again', async () => {
    const store = open(master);
    const item = newItem();
    await store.save(newItem());
    replica.pause();
    await failureOf(store.save(item));
    // Also on a new connection, which has written nothing yet.
    expect(await failureOf(open(master).save(item))).toMatchObject(UNCONFIRMED);

    replica.resume();

    expect(await store.save(item)).toBe('saved');
    expect(await replica.admin.hexists(`{dcs-migration-watch}:${item.key.partition}`, item.key.id)).toBe(1);
  });

  it('shows a process none of its writes that no replica has, until one has', async () => {
    const [store, other] = [open(master), open(master)];
    const [first, next] = [newItem(), newItem()];
    await store.save(first);
    replica.pause();
    await failureOf(store.save(next));

    expect(await failureOf(store.get(next.key))).toMatchObject(UNCONFIRMED);
    expect(await failureOf(store.load(first.key.partition))).toMatchObject(UNCONFIRMED);
    expect(await other.get(next.key)).toStrictEqual(next);

    replica.resume();
    expect(await store.get(next.key)).toStrictEqual(next);
    expect(await replica.admin.hexists(`{dcs-migration-watch}:${next.key.partition}`, next.key.id)).toBe(1);
  });

  it('is waited for from a replica on, also by who comes when it is gone, on the old master and on the new', async () => {
    const first = newItem();
    await open(master).save(first);
    await replica.admin.replicaof('NO', 'ONE');
    while (!/connected_slaves:0/.test(await master.admin.info('replication'))) await sleep(20);

    for (const server of [master, replica]) {
      expect(await failureOf(open(server).save(newItem()))).toMatchObject(UNCONFIRMED);
      expect(await open(server, '?replicas=0').save(newItem())).toBe('saved');
    }
  });

  it('is waited for by a process that began before it came, also once it is gone, without a further request', async () => {
    const alone = await startRedis();
    const door = await startRedisProxy(alone.port);
    const [store, other] = [open(door), open(door)];
    for (const one of [store, other]) expect(await one.save(newItem())).toBe('saved');
    const late = await startReplica(alone);
    expect(await store.save(newItem())).toBe('saved');

    const before = door.sent();
    const item = newItem();
    expect(await store.save(item)).toBe('saved');
    expect(door.sent() - before).toBe(1);
    expect(await late.admin.hexists(`{dcs-migration-watch}:${item.key.partition}`, item.key.id)).toBe(1);

    late.pause();
    expect(await failureOf(store.save(newItem()))).toMatchObject(UNCONFIRMED);
    await late.kill();
    while (!/connected_slaves:0/.test(await alone.admin.info('replication'))) await sleep(20);
    for (const one of [store, other]) {
      expect(await failureOf(one.save(newItem()))).toMatchObject(UNCONFIRMED);
    }
    await Promise.all([door.close(), alone.close(), late.close()]);
  });

  it('costs a process that has none no further request', async () => {
    const alone = await startRedis();
    const door = await startRedisProxy(alone.port);
    const store = open(door);
    await store.save(newItem());

    const before = door.sent();
    expect(await store.save(newItem())).toBe('saved');
    expect(door.sent() - before).toBe(1);
    await Promise.all([door.close(), alone.close()]);
  });

  it('waits once for saves that are made together', async () => {
    const store = open(master);
    await store.save(newItem());
    const waits = async () =>
      Number(/cmdstat_wait:calls=(\d+)/.exec(await master.admin.info('commandstats'))?.[1] ?? 0);
    const before = await waits();

    const results = await Promise.all(Array.from({ length: 80 }, () => store.save(newItem())));

    expect(results.every((result) => result === 'saved')).toBe(true);
    expect((await waits()) - before).toBe(1);
  });
});
