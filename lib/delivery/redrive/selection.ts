import { compareText } from '../../base/compare.ts';
import {
  GROUPS_PARTITION,
  projectPartition,
  projectRecordId,
  taskRecordId,
  WATCHER_KEY,
} from '../../records/keys.ts';
import type { ItemKey } from '../../store/store.ts';
import type { HeldDeadLetter, StoredDeadLetter } from '../dead-letters.ts';

/** Selects dead letters. An absent property selects all. */
export interface RedriveSelection {
  readonly channel?: string;
  /** By the time of death. */
  readonly since?: Date;
  readonly until?: Date;
}

export function isSelected({ channel, diedAt }: StoredDeadLetter, selection: RedriveSelection): boolean {
  const { since, until } = selection;
  const died = Date.parse(diedAt);
  return (
    (selection.channel === undefined || selection.channel === channel) &&
    (since === undefined || died >= since.getTime()) &&
    (until === undefined || died <= until.getTime())
  );
}

/** The parts of the configuration that decide about a redrive. */
export interface Configured {
  readonly channels: ReadonlyMap<string, unknown>;
  readonly projects: readonly { readonly id: string }[];
  readonly groups: readonly { readonly name: string }[];
}

/**
 * The reason why a dead letter cannot be sent again, independent of its record.
 *
 * @returns nothing when it can
 */
export function ineligibleReason(
  deadLetter: StoredDeadLetter,
  { channels, projects, groups }: Configured,
  now: Date,
): string | undefined {
  const { channel, event } = deadLetter;
  const { validUntil } = event.data;
  if (validUntil !== undefined && Date.parse(validUntil) <= now.getTime()) {
    return `expired action, not sent: it was valid until ${validUntil}`;
  }
  if (!channels.has(channel)) return `channel ${channel} is no longer configured`;
  const key = recordKeyOf(deadLetter);
  if (key === undefined) return 'it does not name the record that it belongs to';
  if (key.partition === GROUPS_PARTITION) return groups.length > 0 ? undefined : UNWATCHED.groups;
  const partitions = [...projects.map(({ id }) => projectPartition(id)), WATCHER_KEY.partition];
  return partitions.includes(key.partition) ? undefined : UNWATCHED.project;
}

/** Reasons against a record that no tick would deliver from. */
const UNWATCHED = {
  groups: 'no groups are configured any more, so no tick would deliver it',
  project: 'its project is no longer configured, so no tick would deliver it',
} as const;

/**
 * The key of a dead letter's record. Dead letters of older versions lack the key, but their events nearly always tell
 * it.
 */
export function recordKeyOf({ record, event: { subject, data } }: StoredDeadLetter): ItemKey | undefined {
  const { task, project } = data;
  if (record !== undefined) return record;
  if (task !== undefined) return { partition: projectPartition(task.projectId), id: taskRecordId(subject) };
  return project && { partition: projectPartition(project.id), id: projectRecordId(project.name) };
}

/** Dead letters of one record, in order of their events. */
export interface RecordDeadLetters {
  readonly key: ItemKey;
  readonly deadLetters: readonly HeldDeadLetter[];
}

/** @returns one group for each record; dead letters without a known record are left out */
export function groupByRecord(deadLetters: readonly HeldDeadLetter[]): RecordDeadLetters[] {
  const groups = new Map<string, { readonly key: ItemKey; readonly deadLetters: HeldDeadLetter[] }>();
  for (const held of deadLetters.toSorted(bySequence)) {
    const key = recordKeyOf(held.deadLetter);
    if (key === undefined) continue;
    const name = `${key.partition} ${key.id}`;
    const group = groups.get(name) ?? { key, deadLetters: [] };
    group.deadLetters.push(held);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function bySequence(a: HeldDeadLetter, b: HeldDeadLetter): number {
  return compareText(a.deadLetter.event.sequence, b.deadLetter.event.sequence);
}
