import type { Stats } from '../../migration/model/enrichment.ts';
import type { Call } from '../call.ts';
import { type Reading, readTaskFields, unreadable } from '../fields.ts';
import type { CallFacts } from '../refusal-words.ts';

/** The largest answer. A real one has 200 bytes; the rest is for answers of intermediaries. */
export const MAX_STATS_BYTES = 256 * 1024;

/**
 * No source names the permission of this call. The likely one is that of ShowMigrationTask, which also reads one task.
 */
export const STATS_FACTS: CallFacts = {
  call: 'ShowMigrationTaskStats',
  permission: 'dcs:migrationTask:get',
  isGuess: true,
  ofOneTask: true,
};

/** ShowMigrationTaskStats. */
export function statsCall(taskId: string): Call<Stats> {
  return {
    path: `migration-task/${encodeURIComponent(taskId)}/stats`,
    facts: STATS_FACTS,
    maxBodyBytes: MAX_STATS_BYTES,
    read: (body) => readStats(body, taskId),
  };
}

/** [our field, the service's field] */
const NUMBERS = [
  ['progressPercent', 'full_migration_progress'],
  ['offset', 'offset'],
  ['sourceKeys', 'source_dbsize'],
  ['targetKeys', 'target_dbsize'],
  ['inputKbps', 'target_input_kbps'],
  ['opsPerSecond', 'target_ops'],
] as const satisfies readonly (readonly [Exclude<keyof Stats, 'isMigrating'>, string])[];
const MOST: Readonly<Record<(typeof NUMBERS)[number][0], number>> = {
  progressPercent: 100,
  offset: Number.MAX_SAFE_INTEGER,
  sourceKeys: Number.MAX_SAFE_INTEGER,
  targetKeys: Number.MAX_SAFE_INTEGER,
  inputKbps: Number.MAX_SAFE_INTEGER,
  opsPerSecond: Number.MAX_SAFE_INTEGER,
};
const IS_MIGRATING = 'is_migrating';

/**
 * Reads an answer of ShowMigrationTaskStats. It takes texts, as in the SDKs, and numbers, as in the documentation's
 * samples. Other and impossible figures (negative, over 100 %, more keys than a program can count) count as absent.
 */
export function readStats(body: string, taskId?: string): Reading<Stats> {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const fields = answer.value;
  const isStats = NUMBERS.some(([, name]) => name in fields) || IS_MIGRATING in fields;
  if (!isStats) return unreadable('no_figures');

  const stats: { -readonly [K in keyof Stats]: Stats[K] } = {};
  for (const [ours, theirs] of NUMBERS) {
    const number = numberOf(fields[theirs]);
    if (number !== undefined && number <= MOST[ours])
      stats[ours] = ours === 'progressPercent' ? toHundredths(number) : number;
  }
  const isMigrating = booleanOf(fields[IS_MIGRATING]);
  if (isMigrating !== undefined) stats.isMigrating = isMigrating;
  return { kind: 'read', value: stats };
}

/** Rounds a percentage, but never up to 100. */
function toHundredths(percent: number): number {
  return percent < 100 ? Math.min(99.99, Math.round(percent * 100) / 100) : percent;
}

const DECIMAL = /^\d+(?:\.\d+)?$/;

function numberOf(value: unknown): number | undefined {
  const isDecimal = typeof value === 'string' && DECIMAL.test(value.trim());
  const number = isDecimal ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? Math.abs(number) : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true') return true;
  return word === 'false' ? false : undefined;
}
