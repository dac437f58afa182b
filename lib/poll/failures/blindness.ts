import type { LookResult } from '../../migration/model/observation.ts';
import type { Failing, TaskState } from '../../migration/model/state.ts';
import type { BlindProject } from '../../telemetry/health.ts';

/** The result of one look at a task, with the task's state after it. */
export interface RecordedLook {
  readonly look: LookResult;
  readonly task: TaskState | undefined;
}

/** The looks of one entry in one tick. */
export interface EntryLookResults {
  readonly name: string;
  /** All looks at tasks that were due, skipped ones too. */
  readonly looks: readonly RecordedLook[];
  /** The result of the discovery, where the entry discovers tasks. */
  readonly list: LookResult | undefined;
  /** Failed looks in a row of the project as a whole. */
  readonly failing: Failing | undefined;
}

/**
 * An endpoint that asks for a cooldown does answer. After this long without an answer about a task, the project still
 * counts as blind.
 */
const MAX_COOLDOWN_UNSEEN_MS = 10 * 60_000;

/**
 * Detects that an entry is blind: all its looks failed, or earlier failures left none to make. One success is enough
 * not to be blind, and a cooldown that the endpoint asked for counts only after ten minutes.
 *
 * @returns nothing when something was seen, or nothing was due
 */
export function blindnessOf(entry: EntryLookResults, now: Date): BlindProject | undefined {
  const answers = answersIn(entry);
  const failures = answers.filter((look) => look.kind === 'failed');
  if (failures.length < answers.length) return undefined;
  const known = entry.failing ?? failingInCommon(entry.looks);
  const first = failures.find(({ reason }) => reason !== 'throttled');
  const reason = known?.reason ?? first?.reason;
  if (reason === undefined || (first === undefined && !isLasting(known, now))) return undefined;
  return {
    project: entry.name,
    since: known?.since ?? now.toISOString(),
    reason,
    isLasting: known !== undefined && isLasting(known, now),
  };
}

/**
 * The looks that were made, or else the reading of the list. A list that was read says nothing about tasks whose looks
 * fail.
 */
function answersIn({ looks, list }: EntryLookResults): LookResult[] {
  const made = looks.map(asFirstLook).filter(({ kind }) => kind !== 'skipped');
  return made.length > 0 || list === undefined || list.kind === 'skipped' ? made : [list];
}

/** A missing task that was never seen counts as a failed look. */
function asFirstLook({ look, task }: RecordedLook): LookResult {
  const isUnknown = look.kind === 'missing' && task?.standing === undefined;
  return isUnknown ? { ...look, kind: 'failed', reason: 'not found' } : look;
}

/** The oldest failure when every task fails for itself; otherwise nothing. */
function failingInCommon(looks: readonly RecordedLook[]): Failing | undefined {
  const all = looks.flatMap(({ task }) => task?.failing ?? []);
  if (all.length < looks.length) return undefined;
  return all.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since))[0];
}

function isLasting(failing: Failing | undefined, now: Date): boolean {
  if (failing === undefined) return false;
  return failing.announced || now.getTime() - Date.parse(failing.since) >= MAX_COOLDOWN_UNSEEN_MS;
}
