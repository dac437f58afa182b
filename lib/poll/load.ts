import { isDeepStrictEqual } from 'node:util';
import type { DeliverableRecord } from '../delivery/deliver.ts';
import { pending } from '../delivery/outbox/outbox.ts';
import { sameChannels } from '../delivery/same-channels.ts';
import { newRecord } from '../migration/model/state.ts';
import {
  formerPartitions,
  GROUPS_PARTITION,
  loadPartitions,
  loadRecords,
  loadWatcher,
  type PartitionRecords,
  partitionsIn,
  projectPartition,
  WATCHER_KEY,
} from '../records/records.ts';
import { count } from '../telemetry/log.ts';
import { claimed } from './claims.ts';
import { save } from './commit.ts';
import type { TickContext } from './context.ts';
import type { TickGroup, TickProject } from './target.ts';

/** Everything that is known, as one pass read it. */
export interface Known {
  readonly byProject: ReadonlyMap<PartitionRecords, readonly TickProject[]>;
  readonly groups: PartitionRecords | undefined;
  /** What concerns the whole configuration: one record. */
  readonly watcher: PartitionRecords;
  /**
   * By partition, what the configuration has no more: projects, or groups. Nobody looks there, but what is owed is told.
   */
  readonly former: ReadonlyMap<string, PartitionRecords>;
}

/** Reading comes before looking: a run that stalls after its look must lose, or it tells a past that is over. */
export async function readKnown(
  projects: readonly TickProject[],
  groups: readonly TickGroup[],
  { store }: Pick<TickContext, 'store'>,
): Promise<Known> {
  const [byProject, groupRecords] = await Promise.all([
    readProjects(projects, store),
    groups.length === 0 ? undefined : loadRecords(store, GROUPS_PARTITION),
  ]);
  // Read last: who owes something to a channel has written down there, before, that there is such a channel.
  const watcher = await loadWatcher(store);
  const known = { byProject, groups: groupRecords, watcher };
  return { ...known, former: await loadPartitions(store, formerPartitions(watcher, partitionsOf(known))) };
}

/** Reads the records of all projects. */
export async function readProjects(
  projects: readonly TickProject[],
  store: TickContext['store'],
): Promise<Known['byProject']> {
  const byId = Map.groupBy(projects, ({ id }) => id);
  const read = [...byId].map(
    async ([id, entries]) => [await loadRecords(store, projectPartition(id)), entries] as const,
  );
  return new Map(await Promise.all(read));
}

function partitionsOf({ byProject, groups }: Pick<Known, 'byProject' | 'groups'>): string[] {
  const ofProjects = [...byProject.values()].flatMap(([project]) =>
    project === undefined ? [] : projectPartition(project.id),
  );
  return groups === undefined ? ofProjects : [...ofProjects, GROUPS_PARTITION];
}

/** Each try reads anew what another run has written meanwhile. */
const MOST_TRIES = 3;

/**
 * Writes down where something may be owed, and to which channels, before it is: whoever takes a project out of the
 * configuration cancels nothing by that. A place is forgotten when the configuration has it no more and nothing is owed
 * there.
 *
 * @returns what is known now
 * @throws {StoreError} when another run was faster and the store cannot be read again
 */
export async function keepPartitions(known: Known, context: TickContext): Promise<Known> {
  const owing = [...known.former].filter(([, records]) => owedIn(records, () => true) > 0);
  sayWhatIsOwed(owing, known, context);
  let newest = known;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    await writePartitions(newest, owing, context);
    if (!newest.watcher.isOutdated()) return newest;
    newest = { ...newest, watcher: await loadWatcher(context.store) };
  }
  context.stats.failedRecords += 1;
  const message =
    'where something may be owed is not written down, other runs were faster each time; the next tick tries again';
  context.log({ kind: 'problem', message });
  return newest;
}

type Former = readonly (readonly [partition: string, records: PartitionRecords])[];

function sayWhatIsOwed(owing: Former, { watcher }: Known, context: TickContext): void {
  const before = partitionsIn(watcher);
  for (const [partition, records] of owing) {
    const ours = sameChannels(before[partition], context.channels);
    const owed = owedIn(records, (channel) => ours.has(channel));
    if (owed === 0) continue;
    const deliveries = count(owed, 'delivery', 'deliveries');
    const message = `${nameOf(partition)} no longer configured; what is owed because of that is still told: ${deliveries}`;
    context.log({ kind: 'notice', message });
  }
}

async function writePartitions(known: Known, owing: Former, context: TickContext): Promise<void> {
  const { watcher, former } = known;
  const record = watcher.find(WATCHER_KEY.id) ?? newRecord(new Date(context.clock.now()));
  const { partitions: before = {}, claims = {} } = record;
  const channels = Object.fromEntries(
    [...context.channels.values()].map((one) => [one.name, one.destination]),
  );
  const mine = { channels, loadedAt: context.loadedAt };
  const now = new Date(context.clock.now());
  const ours = partitionsOf(known).map((partition) => {
    const said = { channels: before[partition], claim: claims[partition] };
    return [partition, claimed(said, mine, now)] as const;
  });
  const kept = [
    // What another run has added meanwhile: what is owed there nobody has read yet.
    ...Object.entries(before).filter(([partition]) => !former.has(partition)),
    ...owing.map(([partition]) => [partition, before[partition] ?? {}] as const),
  ];
  const partitions = Object.fromEntries([
    ...kept,
    ...ours.map(([partition, said]) => [partition, said.channels ?? {}] as const),
  ]);
  const newClaims = Object.fromEntries([
    ...kept.flatMap(([partition]) => entry(partition, claims[partition])),
    ...ours.flatMap(([partition, { claim }]) => entry(partition, claim)),
  ]);
  if (isDeepStrictEqual(before, partitions) && isDeepStrictEqual(claims, newClaims)) return;
  const changed = { ...record, partitions, claims: newClaims };
  await save(WATCHER_KEY.id, { record: changed, events: [] }, watcher, context);
}

function entry<T>(name: string, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[name, value]];
}

function owedIn(records: PartitionRecords, isMeant: (channel: string) => boolean): number {
  return records
    .all()
    .reduce((sum, { record }) => sum + pending(record).filter(({ channel }) => isMeant(channel)).length, 0);
}

/** All records, as far as this run may tell from them. */
export function sourcesOf(known: Known, context: Pick<TickContext, 'channels'>): DeliverableRecord[] {
  return [...sourcesToLookAt(known), ...sourcesBeside(known, context)];
}

/** The records of what is looked at. */
export function sourcesToLookAt(known: Known): DeliverableRecord[] {
  const { byProject, groups } = known;
  return [
    ...[...byProject].flatMap(([records, [project]]) =>
      project === undefined ? [] : sourcesIn(records, projectPartition(project.id), known),
    ),
    ...(groups === undefined ? [] : sourcesIn(groups, GROUPS_PARTITION, known)),
  ];
}

/**
 * The records of one partition that is looked at. There may be channels that only a newer configuration has: what is owed
 * to them is not for this run to cancel.
 */
export function sourcesIn(
  records: PartitionRecords,
  partition: string,
  { watcher }: Pick<Known, 'watcher'>,
): DeliverableRecord[] {
  const keeps = new Set(Object.keys(partitionsIn(watcher)[partition] ?? {}));
  return records.all().map((held) => ({ ...held, keeps }));
}

/**
 * The records of what nobody looks at. What belongs to a former project may as well belong to another configuration that
 * uses the same store: then its channels are its own, whatever they are called.
 */
export function sourcesBeside(
  { watcher, former }: Known,
  context: Pick<TickContext, 'channels'>,
): DeliverableRecord[] {
  const before = partitionsIn(watcher);
  const ofFormer = [...former].flatMap(([partition, records]) => {
    const only = sameChannels(before[partition], context.channels);
    return records.all().map((held) => ({ ...held, only }));
  });
  return [...watcher.all(), ...ofFormer];
}

/** A partition for people, at the beginning of a sentence about one that is configured no more. */
function nameOf(partition: string): string {
  return partition === GROUPS_PARTITION ? 'groups are' : `${partition.replace(':', ' ')} is`;
}

/** Says which records cannot be worked with. */
export function sayWhatIsUnread(
  { byProject, groups, watcher, former }: Known,
  { log, stats }: Pick<TickContext, 'log' | 'stats'>,
): void {
  const all = [
    ...[...byProject].map(([records, [project]]) => [records, `project ${project?.name}`] as const),
    ...[...former].map(([partition, records]) => [records, `former ${partition.replace(':', ' ')}`] as const),
    ...(groups === undefined ? [] : [[groups, 'the groups'] as const]),
    [watcher, 'the whole configuration'] as const,
  ];
  for (const [{ newer, unreadable }, where] of all) {
    if (newer.size > 0) {
      stats.failedRecords += newer.size;
      const message = `${where}: ${count(newer.size, 'record')} of a newer version left alone, nothing of it is watched; deploy the newest version (first: ${[...newer][0]})`;
      log({ kind: 'problem', message });
    }
    for (const id of unreadable) {
      const message = `${where}: the record ${id} is unreadable; it is kept aside, and a new one begins with the next look`;
      log({ kind: 'problem', message });
    }
  }
}
