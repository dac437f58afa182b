import type { LookFailure } from '../../events/event.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import type { TaskState } from '../../migration/model/state.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { LogEntry } from '../../telemetry/log.ts';
import { everyLook, listLook } from '../pass/call-outcomes.ts';
import type { EntryPass, Plan, TaskLook } from '../pass/pass.ts';

/** Facts of a failed look for the log. */
interface FailedLook {
  readonly reason: LookFailure;
  readonly detail: string;
  readonly requestId?: string;
}

/**
 * Counts the tasks that the rate left for a later tick. If the list could not be read either, they count as skipped.
 */
export function reportLeft({ left = 0, rows }: Plan, { project, pass: { context } }: EntryPass): void {
  if (left === 0) return;
  const { stats, log } = context;
  if (rows !== undefined) stats.listedOnly += left;
  else {
    stats.skippedLooks += left;
    log({ kind: 'looks_skipped', project: project.name, why: RATE, count: left });
  }
}

const RATE = 'the permitted rate does not allow a look at each task, and the list could not be read';

/** Logs and counts the looks of one entry. */
export function reportLooks(looks: readonly TaskLook[], entry: EntryPass): void {
  const { records, context } = entry.pass;
  const { log, stats } = context;
  const project = entry.project.name;
  const list = listLook(entry);
  stats.looks += looks.filter(({ look }) => look.kind !== 'skipped').length;
  reportSkipped(everyLook(looks, entry), entry);
  const failed = looks.flatMap(({ watch: { taskId }, look }) => {
    const failure = failureOf(look, records.find(taskRecordId(taskId))?.state);
    return failure === undefined ? [] : [{ taskId, failure }];
  });
  stats.failedLooks += failed.length;
  for (const alike of Map.groupBy(failed, ({ failure }) => `${failure.reason} ${failure.detail}`).values())
    log(lineOf(alike, project));
  if (list?.kind !== 'failed') return;
  stats.looks += 1;
  stats.failedLooks += 1;
  log({ kind: 'look_failed', project, ...factsOf(list) });
}

/** Task ids in one line of the log. */
const MOST_IDS = 20;

/** One line for all looks at a project that failed alike: a key without a right fails for every task. */
function lineOf(
  alike: readonly { readonly taskId: string; readonly failure: FailedLook }[],
  project: string,
): LogEntry {
  const [first, ...others] = alike;
  if (first === undefined) throw new Error('no look');
  const { taskId, failure } = first;
  if (others.length === 0) return { kind: 'look_failed', project, taskId, ...failure };
  const taskIds = alike
    .map((one) => one.taskId)
    .toSorted()
    .slice(0, MOST_IDS);
  return { kind: 'look_failed', project, count: alike.length, taskIds, ...failure };
}

function reportSkipped(looks: readonly LookResult[], { project, pass }: EntryPass): void {
  const skipped = looks.filter((look) => look.kind === 'skipped');
  for (const [why, group] of Map.groupBy(skipped, (look) => look.why)) {
    pass.context.stats[why === 'resting' ? 'cooldownLooks' : 'skippedLooks'] += group.length;
    pass.context.log({ kind: 'looks_skipped', project: project.name, why, count: group.length });
  }
}

/** The failure of a look, if it failed. A missing task is an answer, unless the task was never seen. */
function failureOf(look: LookResult, task: TaskState | undefined): FailedLook | undefined {
  if (look.kind === 'missing' && task?.standing === undefined) {
    const { kind: _missing, ...facts } = look;
    return { reason: 'not found', ...facts };
  }
  return look.kind === 'failed' ? factsOf(look) : undefined;
}

function factsOf(look: Extract<LookResult, { kind: 'failed' }>): FailedLook {
  const { kind: _failed, cooldownMs: _cooldownMs, isKeyRefused: _key, ...facts } = look;
  return facts;
}
