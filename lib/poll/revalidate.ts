import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import type { Findings, Revalidate, Revalidation } from '../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Phase } from '../events/phase.ts';
import { isReadySince, observe, renewReadiness } from '../migration/detect/detect.ts';
import { neighboursFor } from '../migration/detect/enrich.ts';
import {
  isGroupReady,
  isGroupReadySince,
  observeGroup,
  renewGroupReady,
  type WatchedGroup,
} from '../migration/group/group.ts';
import type { Neighbours } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import { meaningOf } from '../migration/model/status.ts';
import { plainId } from '../migration/model/task-id.ts';
import { DEFAULT_THRESHOLDS } from '../migration/model/thresholds.ts';
import type { Noticed, Renewal } from '../migration/model/update.ts';
import type { Watch } from '../migration/model/watch.ts';
import { type Judgement, judgeReadiness } from '../migration/rules/shared/judgement.ts';
import { isSameKnowledge, loadRecord, taskRecordId } from '../records/records.ts';
import type { TickContext } from './context.ts';
import { type Member, membersOf, watchedGroup } from './groups/watched-group.ts';
import { ofTheProject } from './poll-project.ts';
import type { PolledEntry } from './polled-entry.ts';
import type { TickGroup } from './target.ts';

/** What was just seen of one task, with everything that readiness rests on. */
interface Fresh {
  readonly watch: Watch;
  readonly look: Extract<Look, { kind: 'seen' }>;
  readonly neighbours: Neighbours;
}

const NOBODY_CAN_TELL: Findings = (record) => ({
  noticed: { record, events: [] },
  result: { kind: 'unknown' },
});

/** What each of them is in words that go on "it is withdrawn". */
const NOT_TRUE = 'it is no longer true';
const NOT_WATCHED = 'it is no longer watched';

function withdrawn(why: string): Findings {
  return (record) => ({ noticed: { record, events: [] }, result: { kind: 'invalid', why } });
}

/**
 * Where the configuration has nothing of the kind any more, somebody else may watch it who uses the same store: as long as
 * the word may be acted upon, it is theirs to judge.
 */
function notWatched(event: MigrationEvent, isOurs: boolean, now: Date): Findings {
  return isOurs || !isValid(event, now) ? withdrawn(NOT_WATCHED) : NOBODY_CAN_TELL;
}

/**
 * Looks again at what an event that a program may act on claims: that a task, or a group of them, is ready for the
 * cut-over. What the record itself says to be over, or nobody watches any more, needs no look.
 *
 * @param lookedAt the projects that have been looked at in this tick so far
 */
export function createLookAgain(
  lookedAt: () => readonly PolledEntry[],
  groups: readonly TickGroup[],
  context: Pick<TickContext, 'clock' | 'store'>,
): Revalidate {
  const now = () => new Date(context.clock.now());

  return async (event, record, until) => {
    const looked = lookedAt();
    if (event.type === 'dcs.group.ready') {
      const group = groups.find(({ name }) => name === event.subject);
      if (group === undefined) return notWatched(event, groups.length > 0, now());
      if (!isGroupReadySince(record, Number(event.sequence))) return withdrawn(NOT_TRUE);
      return unlessOvertaken(record, await reviewGroup(event, group, { looked, until, now, ...context }));
    }
    const member = memberOf(event, looked);
    if (member === undefined) {
      const isProjectWatched = looked.some(({ project }) => project.id === event.data.task?.projectId);
      return notWatched(event, isProjectWatched, now());
    }
    if (!isReadySince(record, Number(event.sequence))) return withdrawn(NOT_TRUE);
    const fresh = await lookAt(member, until);
    if (fresh === undefined) return NOBODY_CAN_TELL;
    return unlessOvertaken(record, (newest) => reviewTask(event, newest, fresh, now()));
  };
}

/**
 * A look judges what was known when it began. Where another look has changed that since, this one may be the older of
 * the two, and would tell a past that is over.
 */
function unlessOvertaken(before: WatchRecord, review: Findings): Findings {
  return (newest) =>
    isSameKnowledge(newest, before)
      ? review(newest)
      : { noticed: { record: newest, events: [] }, result: { kind: 'stale' } };
}

function memberOf({ subject, data }: MigrationEvent, looked: readonly PolledEntry[]): Member | undefined {
  const ofProject = looked.filter(({ project }) => project.id === data.task?.projectId);
  return membersOf(({ taskId }) => plainId(taskId) === plainId(subject), ofProject)[0];
}

/** Phases in which the statistics decide about readiness; in all others there is none. */
const REPLICATING: ReadonlySet<Phase> = new Set(['incremental', 'migrating']);

/**
 * A burst of writes takes nothing back, but is no moment to begin either; the looks of the ticks count how long it lasts.
 * Readiness that is lost is taken back at once.
 */
const TELLS_NOTHING: ReadonlySet<Judgement['kind']> = new Set(['unknown', 'behind']);

/** @returns nothing when the answers do not show whether the task is ready */
async function lookAt({ watch, entry }: Member, until: number): Promise<Fresh | undefined> {
  const { project, resting, records } = entry;
  if (resting) return undefined;
  const [look, stats] = await Promise.all([
    project.look(watch.taskId, until),
    project.stats(watch.taskId, until),
  ]);
  if (look.kind !== 'seen') return undefined;
  const wanted = neighboursFor(records.find(taskRecordId(watch.taskId)), look.observation);
  // A success must be held against the list, and a failure comes with its reasons: the next tick reads those.
  if (wanted.listed || wanted.logs) return undefined;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const isOpen = REPLICATING.has(meaningOf(look.observation).phase);
  if (isOpen && TELLS_NOTHING.has(judgeReadiness(stats, thresholds).kind)) return undefined;
  const ofProject = { project: ofTheProject(entry) };
  return { watch, look, neighbours: wanted.stats ? { stats, ...ofProject } : ofProject };
}

function seeAgain(record: WatchRecord, { watch, look, neighbours }: Fresh, now: Date): Noticed {
  return observe(record, look, watch, now, neighbours) ?? { record, events: [] };
}

function reviewTask(
  event: MigrationEvent,
  record: WatchRecord,
  fresh: Fresh,
  now: Date,
): ReturnType<Findings> {
  const noticed = seeAgain(record, fresh, now);
  const isTrue = isReadySince(noticed.record, Number(event.sequence));
  return judged(event, noticed, isTrue, now, () =>
    renewReadiness(noticed, fresh.neighbours, fresh.watch, now),
  );
}

function judged(
  event: MigrationEvent,
  noticed: Noticed,
  isTrue: boolean,
  now: Date,
  renew: () => Renewal,
): ReturnType<Findings> {
  if (!isTrue) return { noticed, result: { kind: 'invalid', why: NOT_TRUE } };
  if (isValid(event, now)) return { noticed, result: { kind: 'valid' } };
  const renewal = renew();
  const verdict: Revalidation =
    renewal.event === undefined ? { kind: 'unknown' } : { kind: 'reissued', event: renewal.event };
  return { noticed: renewal.noticed, result: verdict };
}

function isValid({ data: { validUntil = '' } }: MigrationEvent, now: Date): boolean {
  return Date.parse(validUntil) > now.getTime();
}

interface GroupScene extends Pick<TickContext, 'store'> {
  readonly looked: readonly PolledEntry[];
  readonly until: number;
  now(): Date;
}

/** Of the members what is stored now: another run may have taken back what it said of one since we read them all. */
async function reviewGroup(event: MigrationEvent, group: TickGroup, scene: GroupScene): Promise<Findings> {
  const { looked, now } = scene;
  const members = membersOf(group.isMember, looked);
  const seen = new Map<Member, Sighted>();
  await eachAtMost(AT_ONCE.looks, members, async (member) => {
    const sighted = await seeMember(member, scene);
    if (sighted !== undefined) seen.set(member, sighted);
  });
  const all = members.flatMap((member) => seen.get(member) ?? []);
  if (all.length < members.length) return NOBODY_CAN_TELL;
  return (record) => {
    const watched = watchedGroup(
      group,
      all.map((sighted) => ({ watch: sighted.watch, record: recordOf(sighted, now()) })),
      looked,
    );
    return watched.mayHaveMore ? NOBODY_CAN_TELL(record) : reviewWatched(event, record, watched, now());
  };
}

/** A member of a group as it is stored, and what was just seen of it; a task that is gone needs no look. */
interface Sighted {
  readonly watch: Watch;
  readonly record: WatchRecord;
  readonly fresh?: Fresh;
}

async function seeMember(member: Member, { until, now, store }: GroupScene): Promise<Sighted | undefined> {
  const { watch, entry } = member;
  const { key } = entry.records.held(taskRecordId(watch.taskId), now());
  const record = (await loadRecord(store, key))?.record;
  if (record === undefined) return undefined;
  if (record.standing?.phase === 'gone') return { watch, record };
  const fresh = await lookAt(member, until);
  return fresh && { watch, record, fresh };
}

function recordOf({ record, fresh }: Sighted, now: Date): WatchRecord {
  return fresh === undefined ? record : seeAgain(record, fresh, now).record;
}

function reviewWatched(
  event: MigrationEvent,
  record: WatchRecord,
  watched: WatchedGroup,
  now: Date,
): ReturnType<Findings> {
  const noticed = observeGroup(record, watched, now) ?? { record, events: [] };
  const isTrue = isGroupReadySince(noticed.record, Number(event.sequence)) && isGroupReady(watched);
  return judged(event, noticed, isTrue, now, () => renewGroupReady(noticed, watched, now));
}
