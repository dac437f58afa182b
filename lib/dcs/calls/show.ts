import type { CallResult } from '../../migration/model/enrichment.ts';
import type { Look, Observation } from '../../migration/model/observation.ts';
import { GONE_STATUS } from '../../migration/model/status.ts';
import type { Call, Gone } from '../call.ts';
import type { Reading } from '../fields.ts';
import { SHOW_FACTS } from '../refusal.ts';
import { readAnswer } from './show-answer.ts';

/** The largest answer. A real one has about 2 KiB, and one with hundreds of backup files stays far below the limit. */
export const MAX_SHOW_BYTES = 256 * 1024;

/** ShowMigrationTask. */
export function showCall(taskId: string): Call<Observation> {
  return {
    path: `migration-task/${encodeURIComponent(taskId)}`,
    facts: SHOW_FACTS,
    maxBodyBytes: MAX_SHOW_BYTES,
    read: (body) => readShow(body, taskId),
  };
}

function readShow(body: string, taskId: string): Reading<Observation> | Gone {
  const reading = readAnswer(body, taskId);
  if (reading.kind === 'unreadable') return reading;
  const { observation } = reading;
  if (observation.status !== GONE_STATUS) return { kind: 'read', value: observation };
  return { kind: 'gone' };
}

/** Turns an answer into a look. Without the right to this call nothing is known of a task, so the look has failed. */
export function lookOf(answer: CallResult<Observation>): Look {
  switch (answer.kind) {
    case 'known':
      return { kind: 'seen', observation: answer.value };
    case 'denied':
      return { ...answer, kind: 'failed', reason: 'not authorised' };
    default:
      return answer;
  }
}
