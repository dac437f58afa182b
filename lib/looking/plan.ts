import { isNearChange, isSettled, isSweepDue } from '../migration/cadence.ts';
import { discover, matcherOf, plainId } from '../migration/discovery.ts';
import type { Answer, ListedTask } from '../migration/neighbours.ts';
import type { WatchRecord } from '../migration/record.ts';
import type { Watch } from '../migration/voice.ts';
import { discoveryRecordId, type PartitionRecords, projectRecordId, taskRecordId } from '../records.ts';
import type { Listing } from './listing.ts';
import type { Pass, TickProject } from './run.ts';

/** What is to be done about the tasks of one project in one pass. */
export interface Plan {
  /** All tasks that are watched. */
  readonly watches: readonly Watch[];
  /** Those to be looked at now. */
  readonly due: readonly Watch[];
  /** Discovered tasks that the list does not have any more. */
  readonly left: readonly Watch[];
  /** Set when the tasks that ended long ago are among those that are due. */
  readonly sweeps: boolean;
  /** What had ended before the discovery began, if that is to be remembered anew. */
  readonly past?: readonly string[];
}

export interface PlanInput {
  readonly project: TickProject;
  readonly records: PartitionRecords;
  readonly listing: Listing;
  /** Ids (in their plain form) that some entry of the configuration for this project names. */
  readonly named: ReadonlySet<string>;
  readonly pass: Pass;
  readonly finishedEveryMs: number;
  readonly now: Date;
}

/** Decides which tasks are looked at. Reads the project's list if tasks are to be discovered. */
export async function planLooks(input: PlanInput): Promise<Plan> {
  const { project, records, listing, pass, now } = input;
  const found = knownDiscoveries(input);
  if (pass === 'near a change') {
    const watches = [...project.watches, ...found];
    const isNear = (watch: Watch) => {
      const record = records.find(taskRecordId(watch.taskId));
      return record !== undefined && isNearChange(record, now);
    };
    return { watches, due: watches.filter(isNear), left: [], sweeps: false };
  }
  const answer = project.discover === undefined ? undefined : await listing.read();
  const sweep = sweepOf(input, [...project.watches, ...found]);
  const named = dueOf(project.watches, records, sweep.isDue);
  if (answer?.kind !== 'known') {
    const watches = [...project.watches, ...found];
    return { watches, due: [...named, ...dueOf(found, records, sweep.isDue)], left: [], sweeps: sweep.isNow };
  }
  const discovered = discoveredIn(answer, found, sweep.isDue, input);
  return {
    watches: [...project.watches, ...discovered.watches],
    due: [...named, ...discovered.due],
    left: discovered.left,
    sweeps: sweep.isNow,
    ...(discovered.past !== undefined && { past: discovered.past }),
  };
}

/** Tasks that this project found by itself before. */
function knownDiscoveries({ project, records, named }: PlanInput): Watch[] {
  if (project.discover === undefined) return [];
  return records
    .tasks()
    .filter(({ taskId, record }) => record.discoveredBy === project.name && !named.has(plainId(taskId)))
    .map(({ taskId }) => project.watchOf(taskId));
}

/** Tasks that ended long ago are looked at together, now and then. */
function sweepOf({ project, records, finishedEveryMs, now }: PlanInput, watches: readonly Watch[]) {
  const isOver = (record: WatchRecord) => isSettled(record, now);
  const over = watches.map(({ taskId }) => records.find(taskRecordId(taskId)));
  const { swept } = records.find(projectRecordId(project.name)) ?? {};
  const hasSome = over.some((record) => record !== undefined && isOver(record));
  const isNow = hasSome && isSweepDue(swept, finishedEveryMs, now);
  return { isNow, isDue: (record: WatchRecord) => isNow || !isOver(record) };
}

function dueOf(
  watches: readonly Watch[],
  records: PartitionRecords,
  isDue: (record: WatchRecord) => boolean,
): Watch[] {
  return watches.filter(({ taskId }) => {
    const record = records.find(taskRecordId(taskId));
    return record === undefined || isDue(record);
  });
}

function discoveredIn(
  { value }: Extract<Answer<readonly ListedTask[]>, { kind: 'known' }>,
  found: readonly Watch[],
  isDue: (record: WatchRecord) => boolean,
  { project, records, named }: PlanInput,
) {
  const matches = project.discover === undefined ? () => false : matcherOf(project.discover);
  const foundBefore = new Set(found.map(({ taskId }) => plainId(taskId)));
  const listed = value.filter((task) => {
    const id = plainId(task.taskId);
    return !named.has(id) && (foundBefore.has(id) || matches(task));
  });
  const before = records.find(discoveryRecordId(project.name))?.past;
  const recordOf = (taskId: string) => records.find(taskRecordId(taskId));
  const { look, rest, past } = discover(listed, before, recordOf, isDue);
  const present = new Set(value.map(({ taskId }) => plainId(taskId)));
  const left = found.filter(
    ({ taskId }) => !present.has(plainId(taskId)) && recordOf(taskId)?.standing?.phase !== 'gone',
  );
  const watchesOf = (tasks: readonly ListedTask[]) => tasks.map(({ taskId }) => project.watchOf(taskId));
  return {
    // What had ended before we came is not watched: the list tells when it moves again.
    watches: [
      ...watchesOf([...look, ...rest.filter(({ taskId }) => recordOf(taskId) !== undefined)]),
      ...left,
    ],
    due: watchesOf(look),
    left,
    past: past === before ? undefined : past,
  };
}
