import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import { defined } from '../../../base/defined.ts';
import type { RedisAddress } from '../address.ts';
import { isReply } from '../errors.ts';

/** Bounds of one attempt. Milliseconds. */
export interface Patience {
  readonly connectMs: number;
  readonly commandMs: number;
}

export const PATIENCE: Patience = { connectMs: 4000, commandMs: 5000 };

/**
 * One connection after its log-in. It never reconnects, so that its replies, and the writes for which `WAIT` waits, are
 * certain. After a fault the next request makes a new connection.
 */
export interface Connection {
  /** @throws the fault of the connection, or Redis' error reply */
  ask<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  /** Sends several commands at once, and gives all answers, error replies included. */
  askAll(commands: readonly Command[]): Promise<unknown[]>;
  isOpen(): boolean;
  close(): void;
}

/** A command with its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/** @throws the fault of the connection, or Redis' error reply to the log-in */
export async function connect(address: RedisAddress, patience: Patience): Promise<Connection> {
  const redis = clientOf(address, patience);
  const connection = watched(redis);
  try {
    await connection.ask(() => redis.connect());
    await logIn(connection, address);
    if (address.database !== 0) await connection.ask(() => redis.select(address.database));
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Makes the client without the password, because it would log refusals to the console. */
function clientOf({ host, port, tls, ca, certificateName }: RedisAddress, patience: Patience): Redis {
  const options = {
    host,
    port,
    lazyConnect: true,
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
    connectTimeout: patience.connectMs,
    commandTimeout: patience.commandMs,
  } as const;
  if (!tls) return new Redis(options);
  const servername = certificateName ?? (isIP(host) === 0 ? host : undefined);
  return new Redis({ ...options, tls: defined<ConnectionOptions>({ servername, ca }) });
}

function watched(redis: Redis): Connection {
  let fault: unknown;
  redis.on('error', (error) => {
    fault ??= error;
  });
  const close = () => redis.disconnect();
  /** A command without an answer only says that the connection is closed, so the stored fault tells why. */
  const fail = (error: unknown): never => {
    if (isReply(error)) throw error;
    close();
    throw fault ?? error;
  };
  return {
    ask: (work) => work(redis).catch(fail),
    async askAll(commands) {
      const pipeline = redis.pipeline();
      for (const [name, ...args] of commands) pipeline.call(name, ...args);
      const answers = (await pipeline.exec().catch(fail)) ?? [];
      return answers.map(([error, answer]) =>
        error === null ? answer : isReply(error) ? error : fail(error),
      );
    },
    isOpen: () => redis.status === 'ready',
    close,
  };
}

/** Logs in. For Redis 5 and older, DCS takes a user as part of the password. */
async function logIn(connection: Connection, { user, password }: RedisAddress): Promise<void> {
  if (password === undefined) return;
  const words = user === undefined ? [password.reveal()] : [user, password.reveal()];
  const [answer] = await connection.askAll([['AUTH', ...words]]);
  if (!isReply(answer)) return;
  if (user === undefined || !/wrong number of arguments/i.test(answer.message)) throw answer;
  const [again] = await connection.askAll([['AUTH', words.join(':')]]);
  if (isReply(again)) throw again;
}
