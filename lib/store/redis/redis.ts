import { type Driver, inByteOrder, withRules } from '../driver.ts';
import type { Item, Store, Warn } from '../store.ts';
import { type RedisAddress, type RedisPlace, redisAddress } from './address.ts';
import { encodedNonce, toItem, toValue } from './codec.ts';
import { createConfirmedWrites } from './confirmed.ts';
import { isReply, isRetryable, isUnknownScript, toStoreError } from './errors.ts';
import { assertFit } from './examine.ts';
import { createGarbageCollector } from './garbage.ts';
import { grouped } from './grouped.ts';
import { PUT, scriptCommand } from './scripts.ts';
import { type Command, PATIENCE, type Patience } from './session/connection.ts';
import { createSessions, type Session, type Sessions } from './session/session.ts';

export interface RedisSettings extends RedisPlace {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly patience?: Patience;
}

/** Items of one read, during which a master serves no other client. */
const PART = 100;
/**
 * The largest group of writes, which waits for its replica once. It takes some 0.2 s at the 40 Mbit/s of the smallest
 * instance.
 */
const GROUP = { count: 100, weight: 1_000_000, weigh: ({ item }: Put) => item.body.length };

/**
 * One write, the present second for the comparison of expiries, and the nonce of the item that it replaces (empty if
 * unknown).
 */
interface Put {
  readonly item: Item;
  readonly nowSeconds: number;
  readonly replaces: string;
}

/** Whether a write was made, or the error reply to it. */
type Written = boolean | Error;

/**
 * A store in a Redis without cluster mode: a hash for each partition, with a field for each item. No key has an expiry,
 * so that the eviction of such keys cannot take one.
 *
 * Where there is a replica, a write counts once the replica has it, because a failing master loses everything that it
 * alone has.
 *
 * @throws {StoreError} `denied`, for an invalid address; the Redis is only reached by the first request
 */
export function openRedisStore({ now, patience = PATIENCE, ...place }: RedisSettings): Store {
  const address = redisAddress(place);
  const sessions = createSessions(address, patience);
  return withRules({ place: `The Redis at ${address.place}`, now }, redisDriver(address, sessions, now));
}

/**
 * Opens the store after an examination whether a state is safe there.
 *
 * @param warn called for each fact that makes it less safe than it could be
 * @throws {StoreError} when a state is not safe there, or Redis cannot be reached. A missing replica is no error here,
 * because it may return before the next write
 */
export async function openFitRedisStore(settings: RedisSettings, warn: Warn): Promise<Store> {
  await assertFit(settings, warn);
  return openRedisStore(settings);
}

function redisDriver(address: RedisAddress, sessions: Sessions, now: () => number): Driver {
  const keyOf = (partition: string) => `${address.prefix}:${partition}`;
  const confirmed = createConfirmedWrites(address, () => ['HSET', keyOf('confirmation'), 'at', now()]);
  const garbage = createGarbageCollector({ sessions, keyOf, now });
  const write = grouped<Put, Written>(
    (writes) => sessions.use((session) => writeAll(session, writes)),
    GROUP,
  );

  async function writeAll(session: Session, writes: readonly Put[]): Promise<Written[]> {
    const commands = (by: 'EVALSHA' | 'EVAL') =>
      writes.map((one) => putCommand(by, keyOf(one.item.key.partition), one));
    const answers = await confirmed.send(session, commands('EVALSHA'));
    const isUnknown = answers.some(isUnknownScript);
    return writtenOf(isUnknown ? await confirmed.send(session, commands('EVAL')) : answers);
  }

  /** Reads only items that a failover cannot lose. */
  async function read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return sessions.use(async (session) => {
      await confirmed.confirmEarlier(session);
      return work(session);
    });
  }

  return {
    async all(partition) {
      const items = await read((session) => readAll(session, partition, keyOf(partition)));
      await garbage.collect(partition, items);
      await garbage.sweep();
      return inByteOrder(items);
    },

    async one(key) {
      const { partition, id } = key;
      const value = await read(({ connection }) =>
        connection.ask((redis) => redis.hget(keyOf(partition), id)),
      );
      return value === null ? undefined : toItem(key, value);
    },

    async put(item, nowSeconds, replaces = '') {
      const written = await write({ item, nowSeconds, replaces });
      if (typeof written !== 'boolean') throw toStoreError(written, address);
      return written;
    },

    async close() {
      sessions.close();
    },
  };
}

/**
 * Reads all names, then the values in parts. It needs neither a long command nor one that an owner of a DCS instance
 * can rename.
 */
async function readAll({ connection }: Session, partition: string, key: string): Promise<Item[]> {
  const ids = await connection.ask((redis) => redis.hkeys(key));
  const items: Item[] = [];
  for (let start = 0; start < ids.length; start += PART) {
    const part = ids.slice(start, start + PART);
    const values = await connection.ask((redis) => redis.hmget(key, ...part));
    for (const [index, id] of part.entries()) {
      const value = values[index] ?? null;
      if (value !== null) items.push(toItem({ partition, id }, value));
    }
  }
  return items;
}

function putCommand(by: 'EVALSHA' | 'EVAL', key: string, { item, nowSeconds, replaces }: Put): Command {
  const { rev, nonce } = item;
  return scriptCommand(by, PUT, key, [
    item.key.id,
    rev - 1,
    nowSeconds,
    rev,
    encodedNonce(nonce),
    toValue(item),
    encodedNonce(replaces),
  ]);
}

/** @throws an error reply that a new connection may avoid */
function writtenOf(answers: readonly unknown[]): Written[] {
  const passing = answers.find(isRetryable);
  if (passing !== undefined) throw passing;
  return answers.map((answer) => (isReply(answer) ? answer : answer === 1));
}
