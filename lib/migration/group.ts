import { apart, type Facts, fence, type Noticed, type Renewal, tell, type Voice } from './draft.ts';
import type { EventGroup, EventType, GroupMember, Standing as Place } from './event.ts';
import { type GroupState, newRecord, type ToldWord, type WatchRecord } from './record.ts';
import { isFinal, isReplicating, isWorking, type Phase, ROLL_BACK, SWITCHED } from './status.ts';
import type { Thresholds } from './thresholds.ts';
import type { Watch } from './voice.ts';

/** A task that belongs to a group, with what is known of it. */
export interface Belonging {
  readonly watch: Watch;
  readonly record: WatchRecord | undefined;
}

/** Several tasks that are one migration. */
export interface WatchedGroup {
  readonly name: string;
  readonly members: readonly Belonging[];
  readonly thresholds: Thresholds;
}

type Word = keyof GroupState;

const TYPES: Readonly<Record<Word, EventType>> = {
  ready: 'dcs.group.ready',
  failed: 'dcs.group.failed',
  finished: 'dcs.group.finished',
};
const SEVERITIES = { ready: 'action', failed: 'failure', finished: 'success' } as const;

/** How one member stands. */
interface Standing extends GroupMember {
  readonly isFailed: boolean;
  readonly isFinished: boolean;
  /** It has finished, but nobody could check that. */
  readonly isUnchecked: boolean;
  readonly isCuttingOver: boolean;
}

/**
 * Compares how the members of a group stand with what was told of it. Nothing is said before every member was seen.
 *
 * @returns what to write, or nothing when nothing changed
 */
export function observeGroup(
  record: WatchRecord | undefined,
  group: WatchedGroup,
  now: Date,
): Noticed | undefined {
  const seen = seenMembers(group);
  const [first] = group.members;
  if (first === undefined || seen === undefined) return undefined;
  const voice = groupVoice(group.name, first.watch, seen);
  const before: Noticed = { record: record ?? newRecord(now), events: [] };
  const truth = truthOf(seen);
  const words: readonly Word[] = ['ready', 'failed', 'finished'];
  const after = words.reduce((draft, word) => {
    const told = draft.record.group?.[word];
    // What could not be checked when it was told is told once more when it is.
    const isNews = told === undefined || (told.unchecked && !seen.some(({ isUnchecked }) => isUnchecked));
    if (truth[word] && isNews) return announce(draft, word, seen, voice, group.thresholds, now);
    if (!truth[word] && told !== undefined) return retract(draft, word, told, seen, voice, now);
    return draft;
  }, before);
  return after === before ? undefined : after;
}

/** Whether a group was told to be ready, and has been since before this event of it. */
export function isGroupReadySince({ group }: WatchRecord, sequence: number): boolean {
  return group?.ready !== undefined && group.ready.sequence <= sequence;
}

/** Says anew that a group is ready, for whoever did not hear of it in time. */
export function renewGroupReady(draft: Noticed, group: WatchedGroup, now: Date): Renewal {
  const members = seenMembers(group);
  const [first] = group.members;
  const told = draft.record.group?.ready;
  if (first === undefined || members === undefined || told === undefined)
    return { noticed: draft, event: undefined };
  const voice = groupVoice(group.name, first.watch, members);
  const { noticed, event } = apart(announce(draft, 'ready', members, voice, group.thresholds, now));
  const renewed = event === undefined ? told : { ...told, id: event.id };
  return { noticed: withWord(noticed, 'ready', renewed), event };
}

/** @returns nothing before every member was seen */
function seenMembers({ members }: WatchedGroup): Standing[] | undefined {
  const all = members.map(standingOf);
  const seen = all.flatMap(({ phase, ...member }) => (phase === undefined ? [] : [{ ...member, phase }]));
  return seen.length === all.length ? seen : undefined;
}

function truthOf(members: readonly Standing[]): Record<Word, boolean> {
  return {
    ready: members.every(({ ready }) => ready),
    failed: members.some(({ isFailed }) => isFailed),
    finished: members.every(({ isFinished }) => isFinished),
  };
}

function standingOf({
  watch,
  record,
}: Belonging): Omit<Standing, 'phase'> & { readonly phase: Phase | undefined } {
  const { standing, course, observation } = record ?? {};
  const phase = standing?.phase;
  const isFinished = record !== undefined && hasEndedWell(record);
  return {
    id: watch.taskId,
    name: watch.name ?? record?.observation?.name ?? watch.taskId,
    project: watch.project,
    phase,
    ready: course?.ready?.told !== undefined,
    isFailed: phase === 'failed' || (phase === 'gone' && !isFinished),
    isFinished,
    isUnchecked: isFinished && endingsOf(record).some(({ unchecked }) => unchecked !== undefined),
    isCuttingOver:
      phase === 'switching' || phase === 'stopping' || observation?.taskStatus === SWITCHED || isFinished,
  };
}

/**
 * A success, or a stop that came after incremental replication; being released or deleted after that changes nothing.
 * Nothing has ended well when the clients are at the source again.
 */
function hasEndedWell(record: WatchRecord): boolean {
  const endings = endingsOf(record);
  const isBack = record.observation?.taskStatus === ROLL_BACK || endings.some(({ rolledBack }) => rolledBack);
  const phases = endings.map(({ phase }) => phase);
  if (isBack || phases.includes('failed')) return false;
  if (phases.includes('succeeded')) return true;
  const worked = record.timeline.findLast(({ phase }) => isWorking(phase));
  return phases.includes('stopped') && isReplicating(worked?.phase);
}

/** The final standings that it has come to one after another; none while it is at work. */
function endingsOf({ timeline, standing }: WatchRecord): readonly Place[] {
  const all = standing === undefined ? timeline : [...timeline, standing];
  return all.slice(all.findLastIndex(({ phase }) => !isFinal(phase)) + 1);
}

function groupVoice(
  name: string,
  { projectId, region, consoleUrl }: Watch,
  members: readonly Standing[],
): Voice {
  return {
    origin: { projectId, region, subject: name },
    about: { group: groupOf(name, members) },
    name: `group ${name}`,
    consoleUrl,
  };
}

/** A record holds 200 KB of events: of a larger group they name those that matter. */
const MOST_MEMBERS = 100;

function groupOf(name: string, members: readonly Standing[]): EventGroup {
  const urgency = ({ isFailed, ready, isFinished }: Standing) =>
    isFailed ? 0 : 1 + Number(ready || isFinished);
  const first = members.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, MOST_MEMBERS);
  return {
    name,
    size: members.length,
    projects: [...new Set(members.map(({ project }) => project))],
    members: first.map(({ id, name, project, phase, ready }) => ({ id, name, project, phase, ready })),
  };
}

function announce(
  draft: Noticed,
  word: Word,
  members: readonly Standing[],
  voice: Voice,
  { actionsValidForMs }: Thresholds,
  now: Date,
): Noticed {
  const open = word === 'finished' ? members.filter(({ isUnchecked }) => isUnchecked) : [];
  const names = some(open.map(({ name }) => name));
  const facts: Facts = {
    ...(word === 'ready' && fence(draft, actionsValidForMs, now)),
    ...(open.length > 0 && { unchecked: `what became of ${names}` }),
    severity: open.length > 0 ? 'action' : SEVERITIES[word],
    summary: `${wordsFor(word, members)}${open.length > 0 ? `, but ${names} could not be checked` : ''}`,
  };
  const told = tell(draft, voice, TYPES[word], facts, now);
  const event = told.events.at(-1);
  if (event === undefined) return told;
  const { sequence } = told.record;
  return withWord(told, word, { id: event.id, sequence, ...(open.length > 0 && { unchecked: true }) });
}

function wordsFor(word: Word, members: readonly Standing[]): string {
  const count = members.length;
  switch (word) {
    case 'ready':
      return `all ${count} tasks are ready for the cut-over`;
    case 'finished':
      return `all ${count} tasks have finished`;
    case 'failed': {
      const failed = members.filter(({ isFailed }) => isFailed);
      return `${failed.length} of ${count} tasks failed (${some(failed.map(({ name }) => name))})`;
    }
  }
}

/** A ready group whose members are being cut over is no less than ready: that word ends without another. */
function retract(
  draft: Noticed,
  word: Word,
  told: ToldWord,
  members: readonly Standing[],
  voice: Voice,
  now: Date,
): Noticed {
  const cleared = withWord(draft, word, undefined);
  const lost = members.filter(({ ready, isCuttingOver }) => !ready && !isCuttingOver);
  if (word === 'ready' && lost.length === 0) return cleared;
  const reason = reasonFor(word, lost, members);
  const retracts = { type: TYPES[word], id: told.id, reason };
  const about = { group: { ...groupOf(voice.origin.subject, members), retracts } };
  const facts = { severity: 'action', summary: `no longer ${word}: ${reason}` } as const;
  return tell(cleared, { ...voice, about }, 'dcs.group.retracted', facts, now);
}

function reasonFor(word: Word, lost: readonly Standing[], members: readonly Standing[]): string {
  if (word === 'failed') return 'no task is failed any more';
  const others = word === 'ready' ? lost : members.filter(({ isFinished }) => !isFinished);
  return some(others.map(({ name, phase }) => `${name} (${phase})`));
}

/** As many as a reader takes in; more of them stand in the event. */
const MOST_NAMES = 3;

function some(names: readonly string[]): string {
  const left = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function withWord(draft: Noticed, word: Word, told: ToldWord | undefined): Noticed {
  const { [word]: _before, ...others } = draft.record.group ?? {};
  const group: GroupState = told === undefined ? others : { ...others, [word]: told };
  return { ...draft, record: { ...draft.record, group } };
}
