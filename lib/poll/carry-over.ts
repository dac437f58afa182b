import { patternFingerprint } from '../migration/discovery/baseline.ts';
import { newRecord, type WatchRecord } from '../migration/model/state.ts';
import {
  discoveryRecordId,
  type HeldRecord,
  type PartitionRecords,
  projectRecordId,
} from '../records/records.ts';
import type { Commit } from './commit.ts';
import type { TickContext } from './context.ts';
import type { TickProject } from './target.ts';

/**
 * Records of an entry of the configuration stand under its name. When it is given another one, what is known goes on
 * under that: that its looks fail, and which tasks had ended before its discovery began. What is owed stays where it is,
 * and is told from there.
 */
export async function inherit(
  records: PartitionRecords,
  entries: readonly TickProject[],
  commit: Commit,
  context: TickContext,
): Promise<void> {
  await inheritTrouble(records, entries, commit, context);
  await inheritPast(records, entries, commit, context);
}

/** Of several new entries nobody can say which one is the old one. */
async function inheritTrouble(
  records: PartitionRecords,
  entries: readonly TickProject[],
  commit: Commit,
  context: TickContext,
): Promise<void> {
  const [heir, ...more] = entries.filter((entry) => isNew(entry, records));
  if (heir === undefined || more.length > 0) return;
  const left = leftBehind(projectRecordId, records, entries)
    // What is owed comes first: both count their events together.
    .filter(({ record }) => Object.keys(stateOf(record)).length > 0 && record.outbox.length === 0)
    .toSorted((a, b) => sinceOf(a).localeCompare(sinceOf(b)))
    .at(-1);
  if (left === undefined) return;
  const { sequence, eventCount = sequence } = left.record;
  const { failing: _1, degraded: _2, cooldown: _3, sweptAt: _4, lookedAt: _5, ...old } = left.record;
  const heirs = { ...stateOf(left.record), sequence, eventCount };
  await handDown(left, old, projectRecordId(heir.name), heirs, records, commit, context);
}

/** Whether nothing is stored of an entry. */
function isNew({ name, discover }: TickProject, records: PartitionRecords): boolean {
  const isKnown = discover !== undefined && isThere(discoveryRecordId(name), records);
  return !isKnown && !isThere(projectRecordId(name), records);
}

function isThere(id: string, records: PartitionRecords): boolean {
  const record = records.find(id);
  return (
    (record !== undefined && record.movedAt === undefined) ||
    records.isNewer(id) ||
    records.unreadable.has(id)
  );
}

/** What stands in the record of a project, besides what was told and is owed. */
function stateOf({ failing, degraded, cooldown, sweptAt, lookedAt }: WatchRecord): Partial<WatchRecord> {
  return {
    ...(failing !== undefined && { failing }),
    ...(degraded !== undefined && { degraded }),
    ...(cooldown !== undefined && { cooldown }),
    ...(sweptAt !== undefined && { sweptAt }),
    ...(lookedAt !== undefined && { lookedAt }),
  };
}

function sinceOf({ record }: HeldRecord): string {
  return record.failing?.since ?? '';
}

async function inheritPast(
  records: PartitionRecords,
  entries: readonly TickProject[],
  commit: Commit,
  context: TickContext,
): Promise<void> {
  for (const { name, discover } of entries) {
    const id = discoveryRecordId(name);
    if (discover === undefined || isThere(id, records)) continue;
    const sought = patternFingerprint(discover.name);
    const left = leftBehind(discoveryRecordId, records, entries).find(
      ({ record }) => record.baseline?.pattern === sought,
    );
    if (left?.record.baseline === undefined) continue;
    const { baseline, ...old } = left.record;
    await handDown(left, old, id, { baseline }, records, commit, context);
  }
}

/** Records of one kind whose entries are in the configuration no more. */
function leftBehind(
  idOf: (name: string) => string,
  records: PartitionRecords,
  entries: readonly TickProject[],
): HeldRecord[] {
  const ids = new Set(entries.map(({ name }) => idOf(name)));
  return records.all().filter(({ key: { id } }) => id.startsWith(idOf('')) && !ids.has(id));
}

/**
 * The new record comes first: a crash in between loses nothing. Taken out of the old one it is not handed down twice; and
 * the old one goes, so that a name that comes back is as new as any.
 */
async function handDown(
  { key }: HeldRecord,
  old: WatchRecord,
  id: string,
  state: Partial<WatchRecord>,
  records: PartitionRecords,
  commit: Commit,
  context: TickContext,
): Promise<void> {
  // A name that comes back may owe something still: a letter that was put back.
  const { movedAt: _back, ...heir } = records.find(id) ?? newRecord(new Date(context.clock.now()));
  const record = { ...heir, ...state };
  await commit(id, { record, events: [] }, records);
  const movedAt = new Date(context.clock.now()).toISOString();
  if (records.find(id) !== undefined)
    await commit(key.id, { record: { ...old, movedAt }, events: [] }, records);
}
