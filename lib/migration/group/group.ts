import { defined } from '../../base/defined.ts';
import type { EventFacts, EventGroup, EventType, NamedTasks, Stamp } from '../../events/event.ts';
import type { Overview } from '../../events/overview.ts';
import { groupSource } from '../../events/source.ts';
import { en } from '../../language/en.ts';
import {
  type Announcement,
  type GroupAnnouncements,
  type GroupHome,
  type GroupState,
  newStream,
  type Stream,
} from '../model/state.ts';
import type { Thresholds } from '../model/thresholds.ts';
import {
  type EventContext,
  type EventSubject,
  emit,
  fencing,
  type Renewal,
  type Update,
  withoutLast,
  withState,
} from '../model/update.ts';
import { type MemberStanding, type Membership, type MemberTask, membershipOf } from './membership.ts';

/** Several tasks that form one migration. */
export interface WatchedGroup {
  readonly name: string;
  readonly members: readonly MemberTask[];
  /** Discovered tasks that were deleted so long ago that they no longer count. */
  readonly forgotten?: readonly MemberTask[];
  /** The number of its tasks, where the configuration lists them. */
  readonly size?: number;
  /** Set when the group may have further members, so that nothing is announced about all of them. */
  readonly mayHaveMore?: boolean;
  /** Set when complete lists and records show that none of its tasks is watched any more. */
  readonly isDeserted?: boolean;
  /** Set when an unreadable record may belong to a member, which may have failed. */
  readonly mayHideFailure?: boolean;
  readonly thresholds: Thresholds;
  /** The stamp of the tick that watches. */
  readonly stamp: Stamp;
}

type Word = keyof GroupAnnouncements;
const WORDS: readonly Word[] = ['ready', 'failed', 'finished'];

const TYPES: Readonly<Record<Word, EventType>> = {
  ready: 'dcs.group.ready',
  failed: 'dcs.group.failed',
  finished: 'dcs.group.finished',
};
const SEVERITIES = { ready: 'action', failed: 'failure', finished: 'success' } as const;

/** The present standing of a group. */
interface SeenGroup extends Membership {
  /** Whether every member was seen. */
  readonly isWhole: boolean;
  readonly isDeserted: boolean;
  readonly mayHideFailure: boolean;
}

/**
 * Compares the members of a group with its announcements, and emits retractions first. An announcement about all
 * members waits until every one was seen; a failure or a retraction needs only one.
 *
 * @returns what to write, or nothing when nothing changed
 */
export function detectGroup(
  stream: Stream<GroupState> | undefined,
  group: WatchedGroup,
  now: Date,
): Update<GroupState> | undefined {
  const seen = seenGroup(group);
  const home = homeOf(stream?.state, group, seen);
  if (home === undefined) return undefined;
  const context = groupContext(group, home, seen, now);
  const before: Update<GroupState> = { stream: stream ?? newStream<GroupState>(now, {}), events: [] };
  const takenBack = WORDS.reduce((update, word) => {
    const announcement = update.stream.state.announced?.[word];
    if (announcement === undefined) return update;
    // A cut-over does not retract a ready group; the announcement ends silently with the migration.
    if (word === 'ready' && isTrue('finished', seen)) return withWord(update, word, undefined);
    return stillHolds(word, seen) ? update : retract(update, word, announcement, context);
  }, before);
  const after = WORDS.reduce((update, word) => {
    const announcement = update.stream.state.announced?.[word];
    // An end that was announced unchecked is announced again once it is confirmed.
    const isChecked = announcement?.unchecked && !seen.seen.some(({ isUnchecked }) => isUnchecked);
    if (!isTrue(word, seen) || (announcement !== undefined && !isChecked)) return update;
    return announce(update, word, context);
  }, takenBack);
  return after === before ? undefined : withState(after, { ...after.stream.state, home });
}

/** Whether a group is announced as ready now, and was already announced when this event was made. */
export function isGroupReadySince({ announced }: GroupState, sequence: number): boolean {
  return announced?.ready !== undefined && announced.ready.sequence <= sequence;
}

/** Whether a cut-over of the group may begin now. */
export function isGroupReady(group: WatchedGroup): boolean {
  return isTrue('ready', seenGroup(group));
}

/** The announcements of a group, the most important first. */
const BY_WEIGHT: readonly Word[] = ['failed', 'finished', 'ready'];

/** The overview of a group; nothing before its first announcement. */
export function groupOverview(known: GroupState, group: WatchedGroup, now: Date): Overview | undefined {
  const seen = seenGroup(group);
  const home = homeOf(known, group, seen);
  if (home === undefined || known.home === undefined) return undefined;
  const { concerns, origin, consoleUrl, stamp } = groupSubject(group, home, seen);
  const word = BY_WEIGHT.find((one) => known.announced?.[one] !== undefined);
  const severity = word === undefined ? 'info' : SEVERITIES[word];
  return defined({
    type: word === undefined ? 'dcs.migration.progress' : TYPES[word],
    subject: origin.subject,
    at: now.toISOString(),
    facts: { ...concerns, severity },
    consoleUrl,
    drill: stamp.drill,
  });
}

/** Announces a ready group again, for late receivers. A later retraction names the first announcement. */
export function reissueGroupReady(
  update: Update<GroupState>,
  group: WatchedGroup,
  now: Date,
): Renewal<GroupState> {
  const seen = seenGroup(group);
  const home = homeOf(update.stream.state, group, seen);
  const announcement = update.stream.state.announced?.ready;
  if (home === undefined || announcement === undefined || !isTrue('ready', seen))
    return { update, event: undefined };
  const context = groupContext(group, home, seen, now);
  const { update: reissued, event } = withoutLast(announce(update, 'ready', context, announcement.id));
  return { update: withWord(reissued, 'ready', announcement), event };
}

function seenGroup(group: WatchedGroup): SeenGroup {
  const { size = 0, mayHaveMore = false, isDeserted = false, mayHideFailure = false } = group;
  const { seen, size: known, lost } = membershipOf(group.members, group.forgotten);
  const all = Math.max(size, known);
  const isWhole = !mayHaveMore && seen.length === all && all > 0;
  return { seen, size: all, lost, isWhole, isDeserted, mayHideFailure };
}

/** Whether an announcement would be true now. While a member may be unseen, none about all members is. */
function isTrue(word: Word, { seen, isWhole }: SeenGroup): boolean {
  switch (word) {
    case 'ready':
      return isWhole && seen.every(({ ready }) => ready);
    case 'failed':
      return seen.some(({ isFailed }) => isFailed);
    case 'finished':
      return isWhole && seen.every(({ isFinished }) => isFinished);
  }
}

/** Whether no member contradicts an announcement. */
function stillHolds(word: Word, { seen, isDeserted, mayHideFailure }: SeenGroup): boolean {
  switch (word) {
    case 'ready':
      return !isDeserted && !seen.some(isLost);
    case 'failed':
      // A member that failed was seen, so a member that was never seen cannot be it.
      return mayHideFailure || seen.some(({ isFailed }) => isFailed);
    case 'finished':
      return seen.every(({ isFinished }) => isFinished);
  }
}

/** Whether a member is neither ready nor being cut over. */
function isLost({ ready, isCuttingOver }: MemberStanding): boolean {
  return !ready && !isCuttingOver;
}

/** The project that the links of a group lead to. It stays that of the first announcement, even if members change. */
function homeOf(
  known: GroupState | undefined,
  { members: [first] }: WatchedGroup,
  { seen }: SeenGroup,
): GroupHome | undefined {
  const home = known?.home ?? first?.watch;
  if (home === undefined) return undefined;
  const { projectId, region, consoleUrl } = home;
  const projects = [...new Set(seen.map(({ project }) => project))];
  const last = known?.home?.projects ?? [];
  return { projectId, region, consoleUrl, projects: seen.length > 0 ? projects : last };
}

interface GroupSubject extends EventSubject {
  readonly concerns: { readonly group: EventGroup };
}

/** The present standing of a group, and its subject for events. */
interface GroupContext extends EventContext {
  readonly seen: SeenGroup;
  readonly subject: GroupSubject;
  readonly actionsValidForMs: number;
}

function groupContext(group: WatchedGroup, home: GroupHome, seen: SeenGroup, now: Date): GroupContext {
  const { actionsValidForMs } = group.thresholds;
  return { seen, subject: groupSubject(group, home, seen), actionsValidForMs, now };
}

function groupSubject(
  { name, stamp, members: [first] }: WatchedGroup,
  home: GroupHome,
  seen: SeenGroup,
): GroupSubject {
  const concerns = { group: groupOf(name, home.projects, seen) };
  return {
    origin: { source: groupSource(name), subject: name },
    stamp,
    concerns,
    name: en.values.subject(concerns) ?? name,
    consoleUrl: first?.watch.consoleUrl ?? home.consoleUrl,
  };
}

/** Members that an event names, the most urgent first, because a record holds 200 KB of events. */
const MOST_MEMBERS = 100;

function groupOf(name: string, projects: readonly string[], { seen, size }: SeenGroup): EventGroup {
  const urgency = ({ isFailed, isBehind, ready, isFinished }: MemberStanding) =>
    isFailed || isBehind ? 0 : 1 + Number(ready || isFinished);
  const first = seen.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, MOST_MEMBERS);
  return {
    name,
    size,
    projects,
    members: first.map(({ id, name, project, phase, ready, lastFigures }) => {
      return defined({ id, name, project, phase, ready, lastFigures });
    }),
  };
}

function announce(
  update: Update<GroupState>,
  word: Word,
  { seen: group, subject, actionsValidForMs, now }: GroupContext,
  renews?: string,
): Update<GroupState> {
  const unchecked = word === 'finished' ? group.seen.filter(({ isUnchecked }) => isUnchecked) : [];
  const behind = word === 'finished' ? group.seen.filter(({ isBehind }) => isBehind) : [];
  const lost = word === 'failed' ? [] : group.lost.map((name) => ({ name }));
  const isOpen = word === 'finished' && unchecked.length + lost.length > 0;
  const failed = word === 'failed' ? group.seen.filter(({ isFailed }) => isFailed) : [];
  const about = {
    group: {
      ...subject.concerns.group,
      ...defined<Partial<EventGroup>>({
        failed: some(failed.map(named)),
        unchecked: some(unchecked.map(named)),
        behind: some(behind.map(({ name, lastFigures }) => defined<Task>({ name, lastFigures }))),
        deleted: some(lost),
      }),
    },
  };
  const fenced = word === 'ready' ? fencing(update, actionsValidForMs, now) : undefined;
  const facts: EventFacts = defined({
    validUntil: fenced?.validUntil,
    sequence: fenced?.sequence,
    renews,
    unchecked: isOpen ? en.prose.membersNotChecked(about.group) : undefined,
    severity: isOpen || behind.length > 0 ? 'action' : SEVERITIES[word],
  });
  const announced = emit(update, { subject: { ...subject, concerns: about }, now }, TYPES[word], facts);
  const event = announced.events.at(-1);
  if (event === undefined) return announced;
  const { sequence } = announced.stream;
  const isUnchecked = unchecked.length > 0 ? true : undefined;
  return withWord(announced, word, defined({ id: event.id, sequence, unchecked: isUnchecked }));
}

function retract(
  update: Update<GroupState>,
  word: Word,
  announcement: Announcement,
  { seen: group, subject, now }: GroupContext,
): Update<GroupState> {
  const others = group.seen.filter(word === 'ready' ? isLost : ({ isFinished }) => !isFinished);
  const tasks = others.map(({ name, phase, lastFigures }) => defined<Task>({ name, phase, lastFigures }));
  const retracts: Retraction = defined({
    type: TYPES[word],
    id: announcement.id,
    tasks: word === 'failed' ? undefined : some(tasks),
    deserted: group.isDeserted ? true : undefined,
    partial: group.isWhole ? undefined : true,
    reason: '',
  });
  const deleted = word === 'failed' ? some(group.lost.map((name) => ({ name }))) : undefined;
  const seen: EventGroup = defined({ ...subject.concerns.group, deleted, retracts });
  const reason = en.prose.retraction(seen);
  const about = { group: { ...seen, retracts: { ...retracts, reason } } };
  const facts = { severity: 'action' } as const;
  const cleared = withWord(update, word, undefined);
  return emit(cleared, { subject: { ...subject, concerns: about }, now }, 'dcs.group.retracted', facts);
}

/** Tasks that a sentence names; further ones are only counted. */
const MOST_NAMES = 3;

type Task = NamedTasks['tasks'][number];
type Retraction = NonNullable<EventGroup['retracts']>;

function named({ name }: MemberStanding): Task {
  return { name };
}

/** @returns nothing for an empty list */
function some(tasks: readonly Task[]): NamedTasks | undefined {
  if (tasks.length === 0) return undefined;
  return { tasks: tasks.slice(0, MOST_NAMES), more: Math.max(0, tasks.length - MOST_NAMES) };
}

function withWord(
  update: Update<GroupState>,
  word: Word,
  announcement: Announcement | undefined,
): Update<GroupState> {
  const { [word]: _before, ...others } = update.stream.state.announced ?? {};
  const group: GroupAnnouncements = announcement === undefined ? others : { ...others, [word]: announcement };
  return withState(update, { ...update.stream.state, announced: group });
}
