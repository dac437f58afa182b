import type { LookAgain, Review, Reviewed } from '../delivery/review.ts';
import type { Noticed } from '../migration/draft.ts';
import type { MigrationEvent } from '../migration/event.ts';
import { type Belonging, isGroupReadySince, observeGroup, renewGroupReady } from '../migration/group.ts';
import type { Neighbours } from '../migration/neighbours.ts';
import type { Look } from '../migration/observation.ts';
import { isReadySince, observe, renewReadiness } from '../migration/observe.ts';
import { judgeReadiness } from '../migration/readiness.ts';
import type { WatchRecord } from '../migration/record.ts';
import { meaningOf } from '../migration/status.ts';
import { DEFAULT_THRESHOLDS } from '../migration/thresholds.ts';
import type { Watch } from '../migration/voice.ts';
import { type PartitionRecords, taskRecordId } from '../records.ts';
import type { LookedAt, TickGroup } from './groups.ts';
import type { Run, TickProject } from './run.ts';

/** A project with the tasks that are watched in it. */
export interface Watched extends LookedAt {
  readonly project: TickProject;
}

/** What was just seen of one task, with everything that readiness rests on. */
interface Fresh {
  readonly watch: Watch;
  readonly look: Extract<Look, { kind: 'seen' }>;
  readonly neighbours: Neighbours;
}

/**
 * Looks again at what an event that a program may act on claims: that a task, or a group of them, is ready for the
 * cut-over.
 */
export function createLookAgain(
  watched: readonly Watched[],
  groups: readonly TickGroup[],
  { clock }: Pick<Run, 'clock'>,
): LookAgain {
  const now = () => new Date(clock.now());

  return async (event, until) => {
    if (event.type === 'dcs.group.ready') {
      const group = groups.find(({ name }) => name === event.subject);
      return group === undefined ? undefined : reviewGroup(event, group, watched, until, now);
    }
    const place = placeOf(event, watched);
    const fresh = place && (await lookAt(place.watch, place.project, until));
    return fresh === undefined ? undefined : (record) => reviewTask(event, record, fresh, now());
  };
}

function placeOf({ subject, data }: MigrationEvent, watched: readonly Watched[]) {
  for (const { project, watches } of watched) {
    const watch = watches.find(({ taskId }) => taskId === subject && project.name === data.task?.project);
    if (watch !== undefined) return { project, watch };
  }
  return undefined;
}

/** @returns nothing when the answers do not show whether the task is ready */
async function lookAt(watch: Watch, project: TickProject, until: number): Promise<Fresh | undefined> {
  const [look, stats] = await Promise.all([
    project.look(watch.taskId, until),
    project.stats(watch.taskId, until),
  ]);
  if (look.kind !== 'seen') return undefined;
  const { phase } = meaningOf(look.observation);
  // A success must be held against the list first: the next tick does that.
  if (phase === 'succeeded') return undefined;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const isOpen = phase === 'incremental' || phase === 'migrating';
  if (isOpen && judgeReadiness(stats, thresholds).kind === 'unknown') return undefined;
  return { watch, look, neighbours: { stats } };
}

function seeAgain(record: WatchRecord, { watch, look, neighbours }: Fresh, now: Date): Noticed {
  return observe(record, look, watch, now, neighbours) ?? { record, events: [] };
}

function reviewTask(event: MigrationEvent, record: WatchRecord, fresh: Fresh, now: Date): Reviewed {
  const noticed = seeAgain(record, fresh, now);
  if (!isReadySince(noticed.record, Number(event.sequence))) return { noticed, stands: false };
  if (!isTooOld(event, now)) return { noticed, stands: true };
  const renewal = renewReadiness(noticed, fresh.neighbours, fresh.watch, now);
  return { noticed: renewal.noticed, stands: false, renewed: renewal.event };
}

function isTooOld({ data: { validUntil } }: MigrationEvent, now: Date): boolean {
  return validUntil !== undefined && Date.parse(validUntil) <= now.getTime();
}

async function reviewGroup(
  event: MigrationEvent,
  group: TickGroup,
  watched: readonly Watched[],
  until: number,
  now: () => Date,
): Promise<Review | undefined> {
  const members: { readonly fresh: Fresh; readonly records: PartitionRecords }[] = [];
  for (const { project, watches, records } of watched) {
    for (const watch of watches.filter(group.isMember)) {
      const fresh = await lookAt(watch, project, until);
      if (fresh === undefined) return undefined;
      members.push({ fresh, records });
    }
  }
  return (record) => {
    const belonging = members.map(({ fresh, records }): Belonging => {
      const before = records.find(taskRecordId(fresh.watch.taskId));
      return { watch: fresh.watch, record: before && seeAgain(before, fresh, now()).record };
    });
    const { name, thresholds } = group;
    const noticed = observeGroup(record, { name, thresholds, members: belonging }, now()) ?? {
      record,
      events: [],
    };
    if (!isGroupReadySince(noticed.record, Number(event.sequence))) return { noticed, stands: false };
    if (!isTooOld(event, now())) return { noticed, stands: true };
    const renewal = renewGroupReady(noticed, { name, thresholds, members: belonging }, now());
    return { noticed: renewal.noticed, stands: false, renewed: renewal.event };
  };
}
