import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import type { Findings, Revalidated } from '../../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../../events/event.ts';
import {
  detectGroup,
  isGroupReady,
  isGroupReadySince,
  reissueGroupReady,
  type WatchedGroup,
} from '../../migration/group/group.ts';
import type { GroupState, Stream, TaskState } from '../../migration/model/state.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { StoredRecord } from '../../records/record.ts';
import { loadRecord } from '../../records/records.ts';
import type { Store } from '../../store/store.ts';
import { type Member, membersOf, watchedGroup } from '../groups/watched-group.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import type { TickGroup } from '../target.ts';
import { resultOf, UNKNOWN } from './findings.ts';
import { detectAgain, type FreshLook, freshLook } from './task.ts';

/** A revalidation of one group. */
export interface GroupRevalidation {
  readonly entries: readonly PolledEntry[];
  readonly store: Store;
  /** When its looks must be over. By {@link Clock.elapsed}. */
  readonly until: number;
  readonly now: () => Date;
}

/** A member's record, with a fresh look unless the task is gone. */
interface SeenMember {
  readonly watch: Watch;
  readonly record: StoredRecord;
  readonly fresh?: FreshLook;
}

/** Looks at all members. It reads their records again, because another tick may have retracted a readiness since. */
export async function revalidateGroup(
  event: MigrationEvent,
  group: TickGroup,
  context: GroupRevalidation,
): Promise<Findings> {
  const { entries, now } = context;
  const members = membersOf(group.isMember, entries);
  const seen = new Map<Member, SeenMember>();
  await eachAtMost(AT_ONCE.looks, members, async (member) => {
    const one = await seeMember(member, context);
    if (one !== undefined) seen.set(member, one);
  });
  const all = members.flatMap((member) => seen.get(member) ?? []);
  if (all.length < members.length) return UNKNOWN;
  return (record) => {
    const newest = all.map((one) => ({ watch: one.watch, task: stateOf(one, now()) }));
    const watched = watchedGroup(group, newest, entries);
    return watched.mayHaveMore ? UNKNOWN(record) : revalidateWatched(event, record, watched, now());
  };
}

async function seeMember(
  member: Member,
  { until, now, store }: GroupRevalidation,
): Promise<SeenMember | undefined> {
  const { watch, entry } = member;
  const { key } = entry.records.held(taskRecordId(watch.taskId), now());
  const record = (await loadRecord(store, key))?.record;
  if (record === undefined) return undefined;
  if (record.state.standing?.phase === 'gone') return { watch, record };
  const fresh = await freshLook(member, until);
  return fresh && { watch, record, fresh };
}

function stateOf({ record, fresh }: SeenMember, now: Date): TaskState {
  return fresh === undefined ? record.state : detectAgain(record, fresh, now).stream.state;
}

function revalidateWatched(
  event: MigrationEvent,
  stream: Stream<GroupState>,
  watched: WatchedGroup,
  now: Date,
): Revalidated {
  const update = detectGroup(stream, watched, now) ?? { stream, events: [] };
  return resultOf({
    event,
    update,
    isTrue: isGroupReadySince(update.stream.state, Number(event.sequence)) && isGroupReady(watched),
    now,
    renew: () => reissueGroupReady(update, watched, now),
  });
}
