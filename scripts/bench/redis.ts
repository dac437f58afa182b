import { randomUUID } from 'node:crypto';
import { openRedisStore } from '../../lib/store/redis/redis.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { NO_REDIS, type RedisServer, startRedis, startReplica } from '../../test/support/redis-server.ts';
import { median } from './world.ts';

const RECORDS = 1000;
const BODY = 'x'.repeat(1200);
const SAVES = 100;
const ROUNDS = 21;
const WARM_UP = 5;

interface Times {
  readonly save: number[];
  readonly saves: number[];
  readonly load: number[];
}

/** Milliseconds of saves and loads of records of 1.2 kB, with a replica that confirms each write and without waiting for it. */
export async function benchRedis(): Promise<string> {
  if (NO_REDIS) return 'Redis: left out, there is no redis-server';
  const master = await startRedis();
  const replica = await startReplica(master);
  const [confirmed, unconfirmed] = [measured(master, '?replicas=1'), measured(master, '?replicas=0')];
  // One after the other in each round: neither has the warmer process.
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const one of [confirmed, unconfirmed]) await one.round(round >= 0);
  }
  await Promise.all([confirmed.close(), unconfirmed.close()]);
  await replica.close();
  await master.close();
  return [line('WAIT 1', confirmed.times), line('without WAIT', unconfirmed.times)].join('\n');
}

function line(what: string, { save, saves, load }: Times): string {
  const one = `a save ${median(save).toFixed(2)} ms`;
  const all = `${RECORDS} at once ${median(saves).toFixed(0)} ms, load of ${RECORDS} ${median(load).toFixed(1)} ms`;
  return `Redis on loopback with a replica, ${what}: ${one}, ${all} (medians)`;
}

/** Saves and loads in a partition of its own. */
function measured(server: RedisServer, settings: string) {
  const store = openRedisStore({ url: server.url(settings), now: Date.now });
  const partition = `bench ${settings}`;
  const times: Times = { save: [], saves: [], load: [] };
  const revs = { alone: 0, all: 0 };

  async function round(counts: boolean): Promise<void> {
    const kept = counts ? times : { save: [], saves: [], load: [] };
    for (let nth = 0; nth < SAVES; nth += 1) {
      revs.alone += 1;
      const item = itemOf({ partition: `${partition} alone`, id: 'task' }, revs.alone);
      kept.save.push(await timed(() => saveAll(store, [item])));
    }
    revs.all += 1;
    const items = Array.from({ length: RECORDS }, (_, i) => itemOf({ partition, id: `task:${i}` }, revs.all));
    kept.saves.push(await timed(() => saveAll(store, items)));
    kept.load.push(await timed(() => store.load(partition)));
  }
  return { times, round, close: () => store.close() };
}

function itemOf(key: Item['key'], rev: number): Item {
  return { key, rev, nonce: randomUUID(), body: BODY };
}

async function saveAll(store: Store, items: readonly Item[]): Promise<void> {
  const saved = await Promise.all(items.map((item) => store.save(item)));
  if (saved.includes('conflict')) throw new Error('a save was refused');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
