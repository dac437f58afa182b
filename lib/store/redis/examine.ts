import { StoreError } from '../errors.ts';
import type { Warn } from '../store.ts';
import { type RedisPlace, redisAddress } from './address.ts';
import { isReply } from './errors.ts';
import { type Connection, PATIENCE } from './session/connection.ts';
import { createSessions, type Session } from './session/session.ts';

/** One fact about a Redis that decides whether a state is safe there. */
export interface RedisFact {
  readonly what: 'eviction' | 'persistence' | 'replica';
  /** `problem`: no state may be stored there. */
  readonly outcome: 'ok' | 'warning' | 'problem';
  /** Words that continue "The Redis …". */
  readonly words: string;
  readonly advice?: string;
  /** Set for a temporary problem, during which reads work and writes are refused. */
  readonly mayPass?: true;
}

/**
 * Examines whether a state is safe in a Redis. A setting that Redis does not report is a warning.
 *
 * @throws {StoreError} when it cannot be reached
 */
export async function examineRedis(place: RedisPlace): Promise<RedisFact[]> {
  const sessions = createSessions(redisAddress(place), PATIENCE);
  try {
    return await sessions.use(async (session) => {
      const settings = await settingsOf(session.connection);
      return [evictionFact(settings), persistenceFact(settings), await replicaFact(session)];
    });
  } finally {
    sessions.close();
  }
}

/**
 * Refuses a Redis in which no state may be stored.
 *
 * @param warn called for each other weakness, with a sentence of advice
 * @throws {StoreError} `denied`, where no state may be stored; also every error of the examination
 */
export async function assertFit(redis: RedisPlace, warn: Warn): Promise<void> {
  const facts = await examineRedis(redis);
  const { place } = redisAddress(redis);
  const refusal = facts.find(({ outcome, mayPass }) => outcome === 'problem' && mayPass !== true);
  if (refusal !== undefined) throw new StoreError('denied', sentenceOf(refusal, place));
  for (const fact of facts) {
    if (fact.outcome !== 'ok') warn(sentenceOf(fact, place));
  }
}

function sentenceOf({ words, advice = '' }: RedisFact, place: string): string {
  return `The Redis at ${place} ${words}: ${advice}.`;
}

/** Settings by name; those that Redis does not report are absent. */
type ReportedSettings = ReadonlyMap<string, string>;

/** Reads settings with two commands, because either may be forbidden. */
async function settingsOf(connection: Connection): Promise<ReportedSettings> {
  const answers = await connection.askAll([
    ['INFO', 'memory'],
    ['INFO', 'persistence'],
    ['CONFIG', 'GET', 'maxmemory-policy'],
    ['CONFIG', 'GET', 'appendonly'],
    ['CONFIG', 'GET', 'save'],
  ]);
  const reported = new Map<string, string>();
  for (const answer of answers) {
    for (const [name, value] of pairsIn(answer)) reported.set(name, value);
  }
  return reported;
}

function pairsIn(answer: unknown): [string, string][] {
  if (typeof answer === 'string') {
    return [...answer.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]);
  }
  return Array.isArray(answer) && answer.length === 2 ? [[String(answer[0]), String(answer[1])]] : [];
}

function evictionFact(reported: ReportedSettings): RedisFact {
  const what = 'eviction';
  const policy = reported.get('maxmemory-policy') ?? reported.get('maxmemory_policy');
  if (policy === undefined) {
    const words = 'does not tell what it deletes when its memory is full';
    return { what, outcome: 'warning', words, advice: 'make sure that its maxmemory-policy is noeviction' };
  }
  if (!policy.startsWith('allkeys-')) return { what, outcome: 'ok', words: `has the policy ${policy}` };
  const words = `deletes any keys when its memory is full (maxmemory-policy ${policy})`;
  return { what, outcome: 'problem', words, advice: 'set maxmemory-policy to noeviction' };
}

function persistenceFact(reported: ReportedSettings): RedisFact {
  const what = 'persistence';
  const hasLog = reported.get('aof_enabled') === '1' || reported.get('appendonly') === 'yes';
  if (hasLog) return { what, outcome: 'ok', words: 'writes an append-only file' };
  const saves = reported.get('save') ?? '';
  const isKnown = reported.has('aof_enabled') || reported.has('appendonly');
  const words = isKnown
    ? saves === ''
      ? 'keeps its data in memory alone'
      : 'writes snapshots alone, so a restart loses the newest writes'
    : 'does not tell whether it keeps its data on a disk';
  return { what, outcome: 'warning', words, advice: 'switch on its append-only file (appendonly yes)' };
}

/** Checks `WAIT`, which writes need and some kinds of instances lack. */
async function replicaFact({ connection, role, confirmations }: Session): Promise<RedisFact> {
  const what = 'replica';
  const [answer] = await connection.askAll([['WAIT', confirmations, 1000]]);
  if (isReply(answer) && confirmations > 0) {
    const words = 'cannot say whether a replica has a write (WAIT)';
    return {
      what,
      outcome: 'problem',
      words,
      advice: 'use an instance that knows WAIT, for instance master/standby',
    };
  }
  const count = isReply(answer) ? 0 : Number(answer);
  if (confirmations > 0 && count < confirmations) {
    const advice =
      'mend the replication, or write ?replicas=0 for an instance that is meant to have no replica';
    const words = 'has no replica that confirms writes, so no write would count';
    return { what, outcome: 'problem', words, advice, mayPass: true };
  }
  if (confirmations > 0) return { what, outcome: 'ok', words: 'has a replica that confirms every write' };
  const words =
    role.kind === 'master' && role.replicas > 0 ? 'has a replica that is not waited for' : 'has no replica';
  const advice =
    'a failure of its machine may lose what was written last; use master/standby for what matters';
  return { what, outcome: 'warning', words, advice };
}
