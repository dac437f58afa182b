import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Env } from '../../base/env.ts';
import { ConfigError } from '../../config/errors.ts';
import type { Proxies } from '../../http/proxies.ts';
import { redisChoice } from '../../runtime/redis-choice.ts';
import { StoreError } from '../../store/errors.ts';
import { openStore, type StoreChoice } from '../../store/index.ts';
import { isRedisUrl, type RedisPlace, redisAddress } from '../../store/redis/address.ts';
import type { Store, Warn } from '../../store/store.ts';
import { DEFAULT_STATE } from '../command.ts';
import type { Terminal } from '../terminal/terminal.ts';

const DYNAMODB = 'dynamodb:';

/** A store, and its name for people. */
export interface StatePlace {
  readonly name: string;
  readonly choice: StoreChoice<'sqlite' | 'dynamodb' | 'redis'>;
}

/**
 * Where the state is: as `--state` says, else in the table of `STATE_TABLE`, else in the Redis of `STATE_REDIS_URL`, else in
 * the SQLite file of `STATE_FILE`, else in the usual one.
 *
 * @param option a file, `redis[s]://…` or `dynamodb:TABLE`
 * @throws {ConfigError} for a place that no store has
 * @throws {StoreError} for an address of a Redis that is none
 */
export function statePlace(
  option: string | undefined,
  { proxies }: { readonly proxies?: Proxies | undefined },
  { env, cwd }: Terminal,
): StatePlace {
  const named = option ?? placeIn(env);
  if (named.startsWith(DYNAMODB)) {
    const choice = { kind: 'dynamodb', table: tableIn(named), proxies } as const;
    return { name: `the table ${choice.table}`, choice };
  }
  if (isRedisUrl(named)) {
    const choice = redisChoice(named, env);
    return { name: redisName(choice), choice };
  }
  if (named.trim() === '' || /^\w+:\/\//.test(named)) throw noSuchPlace();
  return { name: named, choice: { kind: 'sqlite', file: named, folder: cwd } };
}

const STATE_VARIABLES = ['STATE_TABLE', 'STATE_REDIS_URL', 'STATE_FILE'] as const;

/** Whether somebody says where the state is; else it is in the usual place, if anywhere. */
export function isStateNamed(option: string | undefined, env: Env): boolean {
  return option !== undefined || STATE_VARIABLES.some((name) => !!env[name]);
}

function placeIn(env: Env): string {
  const table = env['STATE_TABLE'] ?? '';
  const redis = env['STATE_REDIS_URL'] ?? '';
  if (table !== '' && redis !== '') {
    const words = 'STATE_TABLE and STATE_REDIS_URL are both set, and the state is in one place: unset one';
    throw new ConfigError('invalid_config', `${words}, or name the place with --state`);
  }
  if (redis !== '' && !isRedisUrl(redis)) {
    throw new ConfigError('invalid_config', 'STATE_REDIS_URL must begin with redis:// or rediss://');
  }
  if (table !== '') return `${DYNAMODB}${table}`;
  if (redis !== '') return redis;
  return env['STATE_FILE'] || DEFAULT_STATE;
}

/** User and password stay out. */
function redisName(redis: RedisPlace): string {
  const { place, database } = redisAddress(redis);
  return `the Redis at ${place}${database === 0 ? '' : `/${database}`}`;
}

function tableIn(named: string): string {
  const table = named.slice(DYNAMODB.length);
  if (/^[\w.-]{3,255}$/.test(table)) return table;
  throw new ConfigError('invalid_config', 'command line: --state dynamodb:TABLE needs the name of a table');
}

/** An address may have a password in it: it is not repeated. */
function noSuchPlace(): ConfigError {
  return new ConfigError(
    'invalid_config',
    'command line: --state expects a file, redis[s]://… or dynamodb:TABLE',
  );
}

/**
 * Opens the state of a watcher.
 *
 * @param warn hears what makes the place less safe than it could be; by default nobody
 * @throws {StoreError}
 */
export function openState(place: StatePlace, { clock }: Terminal, warn?: Warn): Promise<Store> {
  return openStore(place.choice, clock.now, warn);
}

/**
 * The same for commands that are about what is there: they make no state.
 *
 * @param hint continues the sentence that there is none
 * @throws {StoreError}
 */
export async function openExistingState(place: StatePlace, terminal: Terminal, hint = ''): Promise<Store> {
  const { name, choice } = place;
  if (choice.kind === 'sqlite' && !existsSync(resolve(terminal.cwd, choice.file))) {
    throw new StoreError(
      'missing',
      `there is no state file ${name}; name it with --state, or set STATE_TABLE or STATE_REDIS_URL${hint}`,
    );
  }
  return openState(place, terminal);
}
