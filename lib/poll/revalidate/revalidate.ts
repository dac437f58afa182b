import type { Findings, Revalidate } from '../../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { isReadySince } from '../../migration/detect/detect.ts';
import { isGroupReadySince } from '../../migration/group/group.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { TickContext } from '../context.ts';
import { type Member, membersOf } from '../groups/watched-group.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import { NOT_TRUE, notWatched, UNKNOWN, unlessStale, withdrawn } from './findings.ts';
import { revalidateGroup } from './group.ts';
import { freshLook, revalidateTask } from './task.ts';

/**
 * Revalidates an event that a program may act on: that a task, or a group, is ready for the cut-over. No look is needed
 * when the record says that the readiness is over, or when no entry watches the subject any more.
 *
 * @param polled the entries that this tick has polled so far
 */
export function createRevalidation(polled: () => readonly PolledEntry[], context: TickContext): Revalidate {
  return (event, record, until) => {
    const entries = polled();
    return event.type === 'dcs.group.ready'
      ? ofGroup({ event, record, until, entries }, context)
      : ofTask({ event, record, until, entries }, context);
  };
}

interface RevalidationRequest {
  readonly event: MigrationEvent;
  readonly record: StoredRecord;
  /** When the looks must be over. By {@link Clock.elapsed}. */
  readonly until: number;
  readonly entries: readonly PolledEntry[];
}

async function ofGroup(
  { event, record, until, entries }: RevalidationRequest,
  context: TickContext,
): Promise<Findings> {
  const { groups, store, clock } = context;
  const now = () => new Date(clock.now());
  const group = groups.find(({ name }) => name === event.subject);
  if (group === undefined) return notWatched(event, groups.length > 0, now());
  if (!isGroupReadySince(record.state, Number(event.sequence))) return withdrawn(NOT_TRUE);
  return unlessStale(record, await revalidateGroup(event, group, { entries, until, now, store }));
}

async function ofTask(
  { event, record, until, entries }: RevalidationRequest,
  { clock }: TickContext,
): Promise<Findings> {
  const now = () => new Date(clock.now());
  const ofProject = entries.filter(({ project }) => project.id === event.data.task?.projectId);
  const member = memberOf(event, ofProject);
  if (member === undefined) return notWatched(event, ofProject.length > 0, now());
  if (!isReadySince(record.state, Number(event.sequence))) return withdrawn(NOT_TRUE);
  const fresh = await freshLook(member, until);
  if (fresh === undefined) return UNKNOWN;
  return unlessStale(record, (newest) => revalidateTask(event, newest, fresh, now()));
}

function memberOf({ subject }: MigrationEvent, entries: readonly PolledEntry[]): Member | undefined {
  return membersOf(({ taskId }) => plainId(taskId) === plainId(subject), entries)[0];
}
