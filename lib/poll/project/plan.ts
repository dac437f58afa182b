import { defined } from '../../base/defined.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { isDormant, isNearChange, isSweepDue } from '../../migration/schedule.ts';
import { projectRecordId, taskRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import { type DueWatches, listedTasks } from '../discovery/listed-tasks.ts';
import { foundTasks, unmatchedTasks } from '../discovery/release-tasks.ts';
import { unmatchedPattern } from '../discovery/unmatched-pattern.ts';
import { chooseLooks, isReadinessStale, urgencyOf } from '../list-first/choice.ts';
import type { EntryPass, Plan } from '../pass/pass.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';

/** Decides which tasks the first pass of a tick looks at. Reads the project's list if the entry discovers tasks. */
export async function planLooks(entry: EntryPass): Promise<Plan> {
  const { project } = entry;
  const all = await readList(entry);
  const list = project.discover === undefined ? undefined : all;
  const unmatched = new Set(list === undefined ? [] : unmatchedTasks(list, entry));
  const found = foundBefore(entry).filter(({ taskId }) => !unmatched.has(taskId));
  const others =
    list === undefined ? { ...byTurn(found, entry), baseline: undefined } : listedTasks(list, found, entry);
  const named = byTurn(project.watches, entry);
  const dormant = [...named.dormant, ...others.dormant];
  const sweeps = dormant.length > 0 && isSweep(entry);
  const isFirstFound = found.length === 0 && unmatched.size === 0;
  const { due, left, staleReady, rows } = dueLooks([...named.due, ...others.due], dormant, all, entry);
  const seldom = dormant.filter((watch) => sweeps || isToAdopt(watch, entry));
  return defined({
    watches: [...project.watches, ...found, ...without(found, others.due), ...without(found, others.dormant)],
    isComplete: project.discover === undefined || list !== undefined,
    due,
    seldom: rotated(without(due, seldom), entry),
    sweeps,
    rows,
    left,
    staleReady,
    // The old baseline stays stored until all unmatched tasks are released: it makes the next tick release the rest.
    baseline: unmatched.size === 0 ? others.baseline : undefined,
    unmatched: list !== undefined && isFirstFound ? unmatchedPattern(list, entry) : undefined,
  });
}

/** Reads the list if the entry discovers tasks, or has too many tasks to look at and must choose. */
async function readList({ project, quota, taskList }: EntryPass): Promise<readonly ListedTask[] | undefined> {
  if (project.discover === undefined && quota === undefined) return undefined;
  const answer = await taskList.read();
  return answer.kind === 'known' ? answer.value : undefined;
}

/** The due looks, and the rows by which they were chosen. */
interface DueLooks {
  readonly due: readonly Watch[];
  readonly left?: number;
  readonly staleReady?: readonly Watch[];
  readonly rows?: ReadonlyMap<string, ListedTask> | undefined;
}

/**
 * Chooses the due looks: at every task as long as the rate allows it. Otherwise the list shows where to look, also
 * among tasks that ended long ago.
 */
function dueLooks(
  watches: readonly Watch[],
  dormant: readonly Watch[],
  list: readonly ListedTask[] | undefined,
  entry: EntryPass,
): DueLooks {
  const { quota, pass } = entry;
  const inTurn = rotated(watches, entry);
  if (quota === undefined) return { due: inTurn };
  const rows = list && new Map(list.map((row) => [plainId(row.taskId), row]));
  const context = { quota, rows, summary: pass.summary, records: pass.records, now: pass.now };
  const revived = dormant.filter((watch) => urgencyOf(watch, context) === 'now');
  const due = chooseLooks([...inTurn, ...revived], context);
  const left = without(due, inTurn);
  const staleReady = left.filter((watch) => isReadinessStale(watch, context));
  return { due, rows, left: left.length - staleReady.length, staleReady };
}

/** Each pass starts at a random task, so that too short a time does not always hit the same tasks. */
function rotated<T>(items: readonly T[], { pass: { context } }: EntryPass): T[] {
  const start = Math.floor(items.length * context.random());
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Plans a further pass within a tick: it looks only at watched tasks near a change. */
export function planFurtherLooks({ watches, isComplete }: PolledEntry, entry: EntryPass): Plan {
  const { records, now } = entry.pass;
  const near = watches.filter((watch) => isNear(watch, records, now));
  const due = rotated(near, entry);
  return { watches, isComplete, due, seldom: [], sweeps: false };
}

/** Whether a task needs more than one look per tick. A discovered task that is missing waits for the next list. */
export function isNear({ taskId, discoveredBy }: Watch, records: PartitionRecords, now: Date): boolean {
  const task = records.find(taskRecordId(taskId))?.state;
  if (task === undefined || (discoveredBy !== undefined && task.missing !== undefined)) return false;
  return isNearChange(task, now);
}

/** Tasks that the entry found before, and that no entry names. */
function foundBefore(entry: EntryPass): Watch[] {
  const { project, pass } = entry;
  if (project.discover === undefined) return [];
  return foundTasks(entry)
    .filter(({ taskId }) => !pass.named.has(plainId(taskId)))
    .map(({ taskId }) => project.watchOf(taskId));
}

function byTurn(watches: readonly Watch[], { pass: { records, now } }: EntryPass): DueWatches {
  const isQuiet = ({ taskId }: Watch) => {
    const task = records.find(taskRecordId(taskId))?.state;
    return task !== undefined && isDormant(task, now);
  };
  return { due: watches.filter((watch) => !isQuiet(watch)), dormant: watches.filter(isQuiet) };
}

function isSweep({ pass: { projectId, records, now, context } }: EntryPass): boolean {
  return isSweepDue(records.find(projectRecordId(projectId))?.state.sweptAt, context.finishedEveryMs, now);
}

function without(known: readonly Watch[], watches: readonly Watch[]): Watch[] {
  const all = new Set(known);
  return watches.filter((watch) => !all.has(watch));
}

/**
 * Whether the record must still be told that this entry found its task: another entry had found it, or the
 * configuration had named it.
 */
function isToAdopt({ taskId, discoveredBy }: Watch, { pass: { records } }: EntryPass): boolean {
  return (
    discoveredBy !== undefined && records.find(taskRecordId(taskId))?.state.discoveredBy !== discoveredBy
  );
}
