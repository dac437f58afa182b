import { StoreError } from '../../errors.ts';
import type { RedisAddress } from '../address.ts';
import { isRetryable, toStoreError } from '../errors.ts';
import { type Connection, connect, type Patience } from './connection.ts';
import { replicationCommands, replicationOf } from './replication.ts';
import type { Role } from './role.ts';

/** A connection to a master, with its need of confirmations. */
export interface Session {
  readonly connection: Connection;
  /** The role at the beginning. */
  readonly role: Role;
  /** The number of replicas that must confirm a write. It grows when a first replica comes. */
  confirmations: number;
}

export interface Sessions {
  /**
   * Works with a session, and again with a new one after a fault that a new connection may avoid.
   *
   * @throws {StoreError}
   */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): void;
}

const ATTEMPTS = 3;
/** Milliseconds in which an attempt may begin. */
const LAST_START_MS = 10_000;
/** Milliseconds of pause for each earlier attempt. */
const PAUSE_MS = 200;

/** Keeps at most one session, made on demand. */
export function createSessions(address: RedisAddress, patience: Patience): Sessions {
  let current: Promise<Session> | undefined;
  let isClosed = false;

  async function session(): Promise<Session> {
    const found = await current;
    if (found?.connection.isOpen() === true) return found;
    const opening = begin(address, patience);
    current = opening;
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return opening;
  }

  async function attempt<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const found = await session();
    try {
      return await work(found);
    } catch (error) {
      if (isRetryable(error)) found.connection.close();
      throw error;
    }
  }

  return {
    async use(work) {
      const start = performance.now();
      for (let nth = 1; ; nth += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          const isLast = nth === ATTEMPTS || performance.now() - start > LAST_START_MS;
          if (isLast || isClosed || !isRetryable(error)) throw toStoreError(error, address);
        }
        await pause(PAUSE_MS * nth);
      }
    },

    close() {
      isClosed = true;
      current?.then(({ connection }) => connection.close()).catch(() => undefined);
    },
  };
}

async function begin(address: RedisAddress, patience: Patience): Promise<Session> {
  const connection = await connect(address, patience);
  try {
    const answers = await connection.askAll(replicationCommands(address));
    const { role, confirmations } = await replicationOf(answers, connection, address);
    if (role.kind === 'replica') throw notMaster(address);
    return { connection, role, confirmations };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function notMaster({ place }: RedisAddress): StoreError {
  const advice = 'wait for a failover to end, or name the master';
  return new StoreError(
    'unavailable',
    `The Redis at ${place} is a replica, which takes no writes: ${advice}.`,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
