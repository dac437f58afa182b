import { type Reading, readTaskFields, unreadable } from '../../dcs/fields.ts';
import type { MigrationTaskStats } from '../types.ts';
import { type Fields, figure, flag, pickFields } from './fields.ts';

const STATS: Fields<MigrationTaskStats> = {
  full_migration_progress: figure,
  offset: figure,
  source_dbsize: figure,
  target_dbsize: figure,
  target_input_kbps: figure,
  target_ops: figure,
  is_migrating: flag,
};

/** Reads an answer of ShowMigrationTaskStats. Figures stay as they came. */
export function readTaskStats(body: string, taskId: string): Reading<MigrationTaskStats> {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const stats = pickFields(answer.value, STATS);
  return Object.keys(stats).length === 0 ? unreadable('no_figures') : { kind: 'read', value: stats };
}
