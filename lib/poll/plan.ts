import { patternFingerprint } from '../migration/discovery/baseline.ts';
import {
  discover,
  finderOf,
  isPatternChanged,
  matcherOf,
  matchesPattern,
} from '../migration/discovery/discovery.ts';
import type { ListedTask } from '../migration/model/enrichment.ts';
import type { Baseline, WatchRecord } from '../migration/model/state.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { Watch } from '../migration/model/watch.ts';
import { isDormant, isForgotten, isNearChange, isSweepDue } from '../migration/schedule.ts';
import {
  discoveryRecordId,
  type PartitionRecords,
  projectRecordId,
  taskRecordId,
} from '../records/records.ts';
import type { TickProject } from './target.ts';
import type { Listing } from './task-list.ts';
import { type Unfit, unfitIn } from './unmatched.ts';

/** What is watched in a project. */
export interface Sight {
  readonly watches: readonly Watch[];
  /** False when there may be tasks that nobody has seen: the list that would show them was not read. */
  readonly isComplete: boolean;
}

/** What is to be done about the tasks of one project in one pass. */
export interface Plan extends Sight {
  /** Those to be looked at now. */
  readonly due: readonly Watch[];
  /** Those to be looked at after them, as far as there is time: they ended long ago. */
  readonly seldom: readonly Watch[];
  /** Set when it is the turn of the tasks that ended long ago. */
  readonly sweeps: boolean;
  /** What had ended before the discovery began, if that is to be remembered anew. */
  readonly past?: Baseline;
  /** That nothing is found, if that is to be said. */
  readonly unfit?: Unfit;
}

export interface PlanInput {
  readonly project: TickProject;
  readonly records: PartitionRecords;
  readonly listing: Listing;
  /** Ids (in their plain form) that some entry of the configuration for this project names. */
  readonly named: ReadonlySet<string>;
  /** All entries of the configuration for this project. */
  readonly entries: readonly TickProject[];
  readonly now: Date;
}

/**
 * Decides which tasks are looked at in a tick. Reads the project's list if tasks are to be discovered.
 *
 * @param finishedEveryMs how often tasks that ended long ago are looked at
 */
export async function planLooks(input: PlanInput, finishedEveryMs: number): Promise<Plan> {
  const { project, records, listing, now } = input;
  const answer = project.discover === undefined ? undefined : await listing.read();
  const strays = new Set(answer?.kind === 'known' ? straysAmong(answer.value, input) : []);
  const found = foundBefore(input).filter(({ taskId }) => !strays.has(taskId));
  const named = byTurn(project.watches, input);
  const others =
    answer?.kind === 'known'
      ? byList(answer.value, found, input)
      : { ...byTurn(found, input), past: undefined };

  const unfit =
    answer?.kind === 'known' && found.length === 0 && strays.size === 0
      ? unfitIn(answer.value, input)
      : undefined;

  const quiet = [...named.quiet, ...others.quiet];
  const swept = records.find(projectRecordId(project.name))?.sweptAt;
  const sweeps = quiet.length > 0 && isSweepDue(swept, finishedEveryMs, now);
  return {
    watches: [...project.watches, ...found, ...newOnes(others.due, found), ...newOnes(others.quiet, found)],
    isComplete: project.discover === undefined || answer?.kind === 'known',
    due: [...named.due, ...others.due],
    seldom: quiet.filter((watch) => sweeps || isToAdopt(watch, input)),
    sweeps,
    // As long as the old pattern stands there, the next tick lets go of them.
    ...(strays.size === 0 && others.past !== undefined && { past: others.past }),
    ...(unfit !== undefined && { unfit }),
  };
}

/**
 * Tasks that this project found when it looked for others, and that are none of those that it looks for now. A task
 * that was only given another name stays: it was looked for. Nobody is let go of while the list cannot be read.
 */
export async function findStrays(input: PlanInput): Promise<string[]> {
  if (!isPatternNew(input)) return [];
  const answer = await input.listing.read();
  return answer.kind === 'known' ? straysAmong(answer.value, input) : [];
}

function isPatternNew({ project, records }: PlanInput): boolean {
  const past = records.find(discoveryRecordId(project.name))?.baseline;
  return project.discover !== undefined && isPatternChanged(project.discover, past);
}

function straysAmong(all: readonly ListedTask[], input: PlanInput): string[] {
  const { discover: wanted } = input.project;
  if (wanted === undefined || !isPatternNew(input)) return [];
  const listed = new Map(all.map((task) => [plainId(task.taskId), task]));
  return foundTasks(input)
    .filter(({ taskId, record }) => !matchesPattern(wanted, record, listed.get(plainId(taskId))))
    .map(({ taskId }) => taskId);
}

/** Further looks within a tick: at the tasks near a change, of those that its first pass watched. */
export function planFurtherLooks(sight: Sight, records: PartitionRecords, now: Date): Plan {
  const due = sight.watches.filter((watch) => isNear(watch, records, now));
  return { ...sight, due, seldom: [], sweeps: false };
}

/** Whether one look per tick is few for a task. What was missed of a task that was found by its list waits for the next one. */
export function isNear({ taskId, discoveredBy }: Watch, records: PartitionRecords, now: Date): boolean {
  const record = records.find(taskRecordId(taskId));
  if (record === undefined || (discoveredBy !== undefined && record.missing !== undefined)) return false;
  return isNearChange(record, now);
}

/** Tasks that this project found by itself before, and that nobody names. */
function foundBefore(input: PlanInput): Watch[] {
  const { project, named } = input;
  if (project.discover === undefined) return [];
  return foundTasks(input)
    .filter(({ taskId }) => !named.has(plainId(taskId)))
    .map(({ taskId }) => project.watchOf(taskId));
}

function foundTasks({ project, records, entries, now }: PlanInput) {
  return records
    .tasks()
    .filter(({ record }) => finderOf(record, entries) === project.name && !isForgotten(record, now));
}

interface Turns {
  readonly due: readonly Watch[];
  /** Those that ended long ago. */
  readonly quiet: readonly Watch[];
}

function byTurn(watches: readonly Watch[], { records, now }: PlanInput): Turns {
  const isQuiet = ({ taskId }: Watch) => {
    const record = records.find(taskRecordId(taskId));
    return record !== undefined && isDormant(record, now);
  };
  return { due: watches.filter((watch) => !isQuiet(watch)), quiet: watches.filter(isQuiet) };
}

function byList(
  all: readonly ListedTask[],
  found: readonly Watch[],
  { project, records, named, entries, now }: PlanInput,
): Turns & { readonly past: Baseline | undefined } {
  const { discover: wanted = { labels: {} } } = project;
  const known = new Map(found.map((watch) => [plainId(watch.taskId), watch]));
  const recordOf = (taskId: string) => records.find(taskRecordId(taskId));
  const isOurs = matcherOf(wanted);
  const isOthers = (record: WatchRecord | undefined) =>
    record !== undefined && ![undefined, project.name].includes(finderOf(record, entries));
  const listed = all.filter((task) => {
    const id = plainId(task.taskId);
    if (named.has(id) || isOthers(recordOf(task.taskId))) return false;
    return known.has(id) || isOurs(task);
  });
  const before = records.find(discoveryRecordId(project.name))?.baseline;
  const isDue = (record: WatchRecord) => !isDormant(record, now);
  const pattern = patternFingerprint(wanted.name);
  const { look, unchanged, baseline } = discover(listed, { pattern, baseline: before, recordOf, isDue });
  const watchOf = ({ taskId }: ListedTask) => known.get(plainId(taskId)) ?? project.watchOf(taskId);
  const present = new Set(all.map(({ taskId }) => plainId(taskId)));
  const isAbsent = ({ taskId }: Watch) =>
    !present.has(plainId(taskId)) && recordOf(taskId)?.standing?.phase !== 'gone';
  return {
    // A list can forget a task that runs: absence is a reason to ask, the task's own answer says whether it is gone.
    due: [...look.map(watchOf), ...found.filter(isAbsent)],
    quiet: unchanged.map(watchOf),
    past: baseline === before ? undefined : baseline,
  };
}

function newOnes(watches: readonly Watch[], found: readonly Watch[]): Watch[] {
  const known = new Set(found);
  return watches.filter((watch) => !known.has(watch));
}

/** A record that does not say yet that this project found its task: another entry did, or the configuration named it. */
function isToAdopt({ taskId, discoveredBy }: Watch, { records }: PlanInput): boolean {
  return discoveredBy !== undefined && records.find(taskRecordId(taskId))?.discoveredBy !== discoveredBy;
}
