import { apart, type Facts, fence, type Noticed, type Renewal, tell, type Voice } from './draft.ts';
import type { EventGroup, EventType } from './event.ts';
import { type Belonging, type MemberStanding, seenMembers } from './member.ts';
import { type GroupState, newRecord, type ToldWord, type WatchRecord } from './record.ts';
import type { Thresholds } from './thresholds.ts';
import type { Watch } from './voice.ts';

/** Several tasks that are one migration. */
export interface WatchedGroup {
  readonly name: string;
  readonly members: readonly Belonging[];
  /** Set when nobody can tell now whether there are more members: then nothing is said of all of them. */
  readonly mayHaveMore?: boolean;
  readonly thresholds: Thresholds;
}

type Word = keyof GroupState;
const WORDS: readonly Word[] = ['ready', 'failed', 'finished'];

const TYPES: Readonly<Record<Word, EventType>> = {
  ready: 'dcs.group.ready',
  failed: 'dcs.group.failed',
  finished: 'dcs.group.finished',
};
const SEVERITIES = { ready: 'action', failed: 'failure', finished: 'success' } as const;

/** What is said of all members, and so never while there may be more of them. */
const OF_ALL: ReadonlySet<Word> = new Set(['ready', 'finished']);

/**
 * Compares how the members of a group stand with what was told of it: first what is no longer so. Nothing is said before
 * every member was seen.
 *
 * @returns what to write, or nothing when nothing changed
 */
export function observeGroup(
  record: WatchRecord | undefined,
  group: WatchedGroup,
  now: Date,
): Noticed | undefined {
  const seen = seenMembers(group.members);
  const [first] = group.members;
  if (first === undefined || seen === undefined) return undefined;
  const voice = groupVoice(group.name, first.watch, seen);
  const mayTell = (word: Word) => group.mayHaveMore !== true || !OF_ALL.has(word);
  const before: Noticed = { record: record ?? newRecord(now), events: [] };
  const truth = truthOf(seen);
  const isTold = ({ record }: Noticed, word: Word) => record.group?.[word] !== undefined;
  const takenBack = WORDS.reduce((draft, word) => {
    const told = draft.record.group?.[word];
    return truth[word] || told === undefined ? draft : retract(draft, word, told, seen, voice, now);
  }, before);
  const after = WORDS.reduce((draft, word) => {
    // What could not be checked when it was told is told once more when it is.
    const isChecked = draft.record.group?.[word]?.unchecked && !seen.some(({ isUnchecked }) => isUnchecked);
    if (!truth[word] || (isTold(draft, word) && !isChecked) || !mayTell(word)) return draft;
    return announce(draft, word, seen, voice, group.thresholds, now);
  }, takenBack);
  return after === before ? undefined : after;
}

/** Whether a group was told to be ready, and has been since before this event of it. */
export function isGroupReadySince({ group }: WatchRecord, sequence: number): boolean {
  return group?.ready !== undefined && group.ready.sequence <= sequence;
}

/** Says anew that a group is ready, for whoever did not hear of it in time. What is taken back one day is the first word. */
export function renewGroupReady(draft: Noticed, group: WatchedGroup, now: Date): Renewal {
  const members = seenMembers(group.members);
  const [first] = group.members;
  const told = draft.record.group?.ready;
  if (first === undefined || members === undefined || told === undefined)
    return { noticed: draft, event: undefined };
  const voice = groupVoice(group.name, first.watch, members);
  const { noticed, event } = apart(announce(draft, 'ready', members, voice, group.thresholds, now, told.id));
  return { noticed: withWord(noticed, 'ready', told), event };
}

function truthOf(members: readonly MemberStanding[]): Record<Word, boolean> {
  return {
    ready: members.every(({ ready }) => ready),
    failed: members.some(({ isFailed }) => isFailed),
    finished: members.every(({ isFinished }) => isFinished),
  };
}

function groupVoice(
  name: string,
  { projectId, region, consoleUrl }: Watch,
  members: readonly MemberStanding[],
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

function groupOf(name: string, members: readonly MemberStanding[]): EventGroup {
  const urgency = ({ isFailed, ready, isFinished }: MemberStanding) =>
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
  members: readonly MemberStanding[],
  voice: Voice,
  { actionsValidForMs }: Thresholds,
  now: Date,
  renews?: string,
): Noticed {
  const open = word === 'finished' ? members.filter(({ isUnchecked }) => isUnchecked) : [];
  const names = some(open.map(({ name }) => name));
  const facts: Facts = {
    ...(word === 'ready' && fence(draft, actionsValidForMs, now)),
    ...(renews !== undefined && { renews }),
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

function wordsFor(word: Word, members: readonly MemberStanding[]): string {
  const count = members.length;
  const isOne = count === 1;
  switch (word) {
    case 'ready':
      return `${isOne ? 'its one task is' : `all ${count} tasks are`} ready for the cut-over`;
    case 'finished':
      return `${isOne ? 'its one task has' : `all ${count} tasks have`} finished`;
    case 'failed': {
      const failed = members.filter(({ isFailed }) => isFailed);
      const names = some(failed.map(({ name }) => name));
      return isOne
        ? `its one task failed (${names})`
        : `${failed.length} of ${count} tasks failed (${names})`;
    }
  }
}

/** A ready group whose members are being cut over is no less than ready: that word ends without another. */
function retract(
  draft: Noticed,
  word: Word,
  told: ToldWord,
  members: readonly MemberStanding[],
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

function reasonFor(word: Word, lost: readonly MemberStanding[], members: readonly MemberStanding[]): string {
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
