import { defined } from '../../base/defined.ts';
import { Secret } from '../../base/secret.ts';
import { StoreError } from '../errors.ts';

/** A Redis as settings name it. */
export interface RedisPlace {
  /** `redis://…`, with its password. */
  readonly url: Secret;
  /** The only authorities that are trusted behind `rediss://`, as PEM; absent: those of Node.js. */
  readonly ca?: string | undefined;
}

/** The address of a Redis, with its credentials. */
export interface RedisAddress {
  /** Its name in messages: `redis.example:6379`. */
  readonly place: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** The authorities that are trusted, as PEM; absent: those of Node.js. */
  readonly ca?: string;
  /** The name in its certificate, where that differs from the host. */
  readonly certificateName?: string;
  readonly user?: string;
  readonly password?: Secret;
  readonly database: number;
  /** The prefix of all keys, in braces: a cluster keeps keys with the same braces on one node. */
  readonly prefix: string;
  /** The number of replicas that must confirm a write; absent: one, if there is or was a replica. */
  readonly replicas?: number;
}

const PREFIX = 'dcs-migration-watch';
const SETTINGS: ReadonlySet<string> = new Set(['prefix', 'replicas', 'servername']);
const SHAPE = 'redis://USER:PASSWORD@HOST:PORT/DATABASE';

export function isRedisUrl(text: string): boolean {
  return /^rediss?:/i.test(text);
}

/**
 * Reads `redis[s]://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=…&replicas=…&servername=…]`.
 *
 * @throws {StoreError} `denied`, for any other text, which the message does not repeat because it may contain a
 * password
 */
export function redisAddress({ url, ca }: RedisPlace): RedisAddress {
  const { protocol, hostname, port, username, password, pathname, searchParams } = parsed(url.reveal());
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  for (const name of searchParams.keys()) {
    if (!SETTINGS.has(name))
      throw refused(`it has a setting that is not known; known are ${[...SETTINGS].join(', ')}`);
  }
  return defined<RedisAddress>({
    place: `${hostname}:${port === '' ? '6379' : port}`,
    host,
    port: port === '' ? 6379 : Number(port),
    tls: protocol === 'rediss:',
    ca,
    certificateName: setting(searchParams, 'servername', /^[\w.-]{1,253}$/),
    user: username === '' ? undefined : decoded(username),
    password: password === '' ? undefined : new Secret(decoded(password)),
    database: Number(databaseIn(pathname)),
    prefix: `{${setting(searchParams, 'prefix', /^[\w.:-]{1,64}$/) ?? PREFIX}}`,
    replicas: numberIn(setting(searchParams, 'replicas', /^[0-5]$/)),
  });
}

function parsed(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !isRedisUrl(text) || url.hostname === '' || url.hash !== '') {
    throw refused(`it must read ${SHAPE}, with special characters of the password percent-encoded`);
  }
  if (url.password === '' && url.username !== '')
    throw refused(`it has a user and no password; a password alone has a colon before it: ${SHAPE}`);
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('its user or password has a % that begins no percent-encoded character; write %25');
  }
}

function databaseIn(path: string): string {
  const [, database] = /^\/?(\d{0,4})$/.exec(path) ?? [];
  if (database === undefined) throw refused('its path must be the number of a database, such as /0');
  return database;
}

function setting(settings: URLSearchParams, name: string, form: RegExp): string | undefined {
  const value = settings.get(name);
  if (value === null) return undefined;
  if (form.test(value)) return value;
  throw refused(`its ${name} is not of the form ${form.source}`);
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function refused(why: string): StoreError {
  return new StoreError('denied', `The address of the Redis cannot be used: ${why}.`);
}
