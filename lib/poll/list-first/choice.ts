import type { Standing } from '../../events/event.ts';
import { canonicalStatus } from '../../events/phase.ts';
import { requestsPerLook } from '../../migration/detect/enrich.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import type { TaskState } from '../../migration/model/state.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { isNearChange } from '../../migration/schedule.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import { rowFingerprint, type Summary } from '../../records/summary.ts';

/** Facts by which a pass chooses its looks. */
export interface ChoiceContext {
  /** Requests that the looks may use. */
  readonly quota: number;
  /** The project's list by the plain ids of its tasks; absent when it could not be read. */
  readonly rows: ReadonlyMap<string, ListedTask> | undefined;
  readonly summary: Summary;
  readonly records: PartitionRecords;
  readonly now: Date;
}

/**
 * How soon a task is looked at. `now`: in this pass, whatever the quota: it was never seen, it is about to change, or the
 * list shows another status or does not have it. `soon`: it is near a change, somebody may act on what was announced of
 * it, its looks fail, or its row changed otherwise. `in turn`: nothing points to a change.
 */
export type Urgency = 'now' | 'soon' | 'in turn';

/** The share of a busy tick kept for tasks that are not urgent, so that none starves. */
const SHARE_OF_OTHERS = 0.25;

/**
 * Chooses the tasks to look at, the most urgent first, and among equals those whose last look is oldest.
 *
 * @param watches in the order that decides between equals
 */
export function chooseLooks(watches: readonly Watch[], context: ChoiceContext): readonly Watch[] {
  const { quota, summary, records } = context;
  const costOf = ({ taskId }: Watch) => requestsPerLook(records.find(taskRecordId(taskId))?.state);
  const triedAt = ({ taskId }: Watch) => summary.find(taskId)?.triedAt ?? 0;
  const oldestFirst = watches.toSorted((a, b) => triedAt(a) - triedAt(b));
  const byUrgency = Map.groupBy(oldestFirst, (watch) => urgencyOf(watch, context));
  const of = (urgency: Urgency) => byUrgency.get(urgency) ?? [];
  const [now, soon, inTurn] = [of('now'), of('soon'), of('in turn')];
  const left = Math.max(quota * SHARE_OF_OTHERS, quota - total(now, costOf));
  const kept = Math.min(total(inTurn, costOf), left * SHARE_OF_OTHERS);
  const chosenSoon = upTo(left - kept, soon, costOf);
  return [...now, ...chosenSoon, ...upTo(left - total(chosenSoon, costOf), inTurn, costOf)];
}

/** How soon one task is to be looked at. */
export function urgencyOf({ taskId }: Watch, context: ChoiceContext): Urgency {
  const task = context.records.find(taskRecordId(taskId))?.state;
  if (task?.standing === undefined || isChanging(task, task.standing)) return 'now';
  const { rows } = context;
  const before = context.summary.find(taskId)?.row;
  const hints = rows && hintsOf(task.standing, rows.get(plainId(taskId)), before);
  if (hints === 'status') return 'now';
  const isNear = isNearChange(task, context.now) || task.failing !== undefined;
  return hints === 'other' || isNear ? 'soon' : 'in turn';
}

/** Whether each look counts: to see the end of a switch or a stop, or to notice a deletion. */
function isChanging({ missing, unconfirmed }: TaskState, { phase }: Standing): boolean {
  if (phase === 'gone') return false;
  if (phase === 'switching' || phase === 'stopping') return true;
  return missing !== undefined || unconfirmed !== undefined;
}

/** The time for which people may act on the result of a look. */
const LOOK_HOLDS_MS = 5 * 60_000;

/** Whether a task that is left for later was announced as ready, but its last good look is too old to confirm that. */
export function isReadinessStale({ taskId }: Watch, { records, summary, now }: ChoiceContext): boolean {
  if (records.find(taskRecordId(taskId))?.state.run?.ready?.announced === undefined) return false;
  // Before the summary began, every tick looked at every task.
  const lookedAt = Math.max(summary.find(taskId)?.lookedAt ?? 0, summary.since ?? now.getTime() / 1000);
  return Math.abs(now.getTime() - lookedAt * 1000) > LOOK_HOLDS_MS;
}

/**
 * The change that a task's row points to, if any. A row whose status differs from the last look is news only until the
 * next look: in some regions rows and tasks always differ.
 */
function hintsOf(
  standing: Standing,
  row: ListedTask | undefined,
  before: string | undefined,
): 'status' | 'other' | undefined {
  if (row === undefined) return standing.phase === 'gone' ? undefined : 'status';
  const isHandled = rowFingerprint(row) === before;
  const isUnknown = before === undefined || before === '';
  const isSameStatus =
    row.status === undefined || canonicalStatus(row.status) === canonicalStatus(standing.status);
  if (isSameStatus) return isHandled || isUnknown ? undefined : 'other';
  return isHandled ? 'other' : 'status';
}

function total(watches: readonly Watch[], costOf: (watch: Watch) => number): number {
  return watches.reduce((sum, watch) => sum + costOf(watch), 0);
}

/** The first watches whose looks the requests allow, and at least one, so that no task starves at the slowest rate. */
function upTo(requests: number, watches: readonly Watch[], costOf: (watch: Watch) => number): Watch[] {
  let left = requests;
  return watches.filter((watch, i) => {
    left -= costOf(watch);
    return left >= 0 || i === 0;
  });
}
