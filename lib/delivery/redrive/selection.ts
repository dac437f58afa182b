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

/** Which dead letters are meant; what is absent excludes nothing. */
export interface RedriveSelection {
  readonly channel?: string;
  /** By the time of death. */
  readonly since?: Date;
  readonly until?: Date;
}

export function isMeant({ channel, diedAt }: StoredDeadLetter, selection: RedriveSelection): boolean {
  const { since, until } = selection;
  const died = Date.parse(diedAt);
  return (
    (selection.channel === undefined || selection.channel === channel) &&
    (since === undefined || died >= since.getTime()) &&
    (until === undefined || died <= until.getTime())
  );
}

/** Parts of the configuration that a redrive asks for. */
export interface Configured {
  readonly channels: ReadonlyMap<string, unknown>;
  readonly projects: readonly { readonly id: string }[];
  readonly groups: readonly { readonly name: string }[];
}

/**
 * Why a dead letter cannot be sent again, whatever its record says.
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

/** No tick would deliver a dead letter that is requeued there. */
const UNWATCHED = {
  groups: 'no groups are configured any more, so no tick would deliver it',
  project: 'its project is no longer configured, so no tick would deliver it',
} as const;

/** The key of its record. Dead letters of older versions do not say it, but their events nearly always do. */
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

/** @returns one group for each record; dead letters that belong to none are left out */
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
