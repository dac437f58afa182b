import type { Explanation } from '../base/explanation.ts';
import type { AnswerCode } from '../events/answer.ts';
import type {
  Answer,
  Because,
  Concerned,
  EventData,
  EventFacts,
  EventGroup,
  EventType,
  GroupMember,
  LastFigures,
  LookFailure,
  NotChecked,
  Readiness,
  Standing,
  Unmet,
  Unread,
} from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import type { Phase } from '../events/phase.ts';
import type { CallName, Cause, Reason } from '../events/reason.ts';
import type { Transition } from '../events/transition.ts';
import type { Moments } from './moments.ts';
import type { PageWords } from './page-words.ts';

/** Names of facts. */
export type Label =
  | 'happened'
  | 'status'
  | 'progress'
  | 'rate'
  | 'timeLeft'
  | 'keyCounts'
  | 'traffic'
  | 'because'
  | 'lag'
  | 'keyGap'
  | 'inStepFor'
  | 'takesBack'
  | 'targetAtTheEnd'
  | 'noProgressSince'
  | 'hadStalledSince'
  | 'lagHasGrownSince'
  | 'hadFallenBehindSince'
  | 'keysInTheTarget'
  | 'reminder'
  | 'resynchronisation'
  | 'validUntil'
  | 'failing'
  | 'failingUntilNow'
  | 'channel'
  | 'reason'
  | 'route'
  | 'project'
  | 'watchedTasks'
  | 'phaseBefore';

/** Texts of links. */
export type LinkWord = 'console' | 'documentation';

/** Headings of sections that are always the same. */
export type Heading = 'notChecked' | 'notObserved' | 'errorMessage' | 'lastErrors' | 'notKnown';

/** One or two words that stand before a sentence, so that nobody has to read on to know what it is about. */
export type Mark =
  | 'drill'
  | 'still'
  | 'ready'
  | 'notReady'
  | 'notKnown'
  | 'fellBack'
  | 'rolledBack'
  | 'switched'
  | 'done'
  | 'notDone'
  | 'failed'
  | 'check';

/** Spans, moments in the reader's time zone, and figures. */
export interface Figures extends Moments {
  /** In at most two units that stand next to each other: `2 h 5 min`. Negative spans are none. */
  duration(ms: number): string;
  /** A number to hundredths, with marks between its thousands. */
  figure(value: number): string;
  percent(value: number): string;
  /** A lag, rounded up: it is never made smaller than it is. */
  bytes(bytes: number): string;
}

/** Values of facts. */
export interface Values {
  /** The name with which a sentence begins; nothing where the event is about the watcher itself. */
  subject(about: Concerned): string | undefined;
  standing(standing: Standing): string;
  standingSince(standing: Standing): string;
  phaseFor(phase: Phase, ms: number): string;
  /** Since a moment, and for so long by the time of the event. */
  sinceFor(since: string, ms: number): string;
  rate(percentPerHour: number): string;
  timeLeft(ms: number): string;
  keyCounts(keys: { readonly sourceKeys?: number; readonly targetKeys?: number }): string;
  traffic(into: { readonly inputKbps?: number; readonly opsPerSecond?: number }): string;
  lag(offset: number): string;
  lagWithin(offset: number, maxOffset: number): string;
  keyGapWithin(percent: number, maxPercent: number): string;
  looksInARow(looks: number): string;
  /** Which one of several in a row: `number 2`. */
  number(count: number): string;
  /** A readiness, and the id of the event that announced it. */
  readinessOf(id: string): string;
  /** The announcement of a group that is taken back, and its event's id. */
  announcementOf(type: EventType, id: string): string;
  validUntil(until: string): string;
  validityOver(until: string): string;
  lastFigures(last: LastFigures): string;
  /** A type of event: `cutover ready`. */
  eventName(type: string): string;
}

/** Headings and lines of sections. */
export interface Sections {
  allChannels(count: number): string;
  tasksOf(group: { readonly name: string; readonly size: number }): string;
  /** Where a member of a group stands; members of which this is the same stand in one line. */
  place(member: GroupMember): string;
  membersAt(count: number, place: string, names: readonly string[]): string;
  more(count: number): string;
  whatToDo(cause: string): string;
  readonly noReason: string;
  notObserved(unseen: NonNullable<EventData['notObserved']>): string;
  wholeMigration(watchedSince: string, ms: number): string;
  phaseSpan(phase: Phase, ms: number): string;
  largestLag(offset: number): string;
  fellBack(times: number): string;
  sentBefore(events: number): string;
  /** A day of the reader's (`2026-01-05`), and what was sent on it. */
  sentOn(day: string, events: readonly { readonly type: string; readonly at: string }[]): string;
  /** One more event of the same look. */
  also(mark: string, sentence: string): string;
}

/** Events, and the number of tasks, groups and projects that they are about. */
export interface EventCounts {
  readonly events: number;
  readonly subjects: number;
  readonly areTasks: boolean;
}

/** Why a chat did not get a message at once. */
export type HeldBy = 'quiet hours' | 'mute';

/** Titles and lines of digests. */
export interface Digests {
  nowWatched(tasks: number, moreEvents: number): string;
  eventsOfMany(events: number, subjects: number, areTasks: boolean): string;
  eventsOfOne(name: string, events: number): string;
  waiting(things: number): string;
  /** Events that are shown as a sum only, the most frequent kinds of them. */
  merged(merged: Merged, most: number): string;
  /** How many events of each kind: a phase that tasks came to, a type of event, or `other`. */
  counts(kinds: readonly (readonly [kind: string, events: number])[]): string;
  validUntil(until: string): string;
  validityOver(until: string): string;
  /** The sentence about events that quiet hours held. */
  inQuietHours(sentence: string): string;
  /** The sentence about events that a mute held. */
  whileMuted(sentence: string): string;
  /** When an event happened that was held. */
  happened(iso: string, held: HeldBy): string;
  /** The heading of the other events below the whole message about one of them. */
  besides(others: EventCounts & { readonly isOver: boolean }, held: HeldBy | undefined): string;
  /** The heading of events that do not hold any more when they are sent. */
  readonly overByNow: string;
  /** The time of day of a line, with the zone: `02:12 UTC`. */
  timeOfDay(iso: string): string;
}

/** A condition that changes where something stands. */
export type Condition = 'ready' | 'notReady' | 'stalled' | 'unseen';

/** Titles of messages that always show where a task or a group stands. */
export interface Overviews {
  readonly phases: Readonly<Record<Phase, string>>;
  readonly conditions: Readonly<Record<Condition, string>>;
  /** All tasks of a group. */
  tasks(count: number): string;
  /** The parts of a title. */
  list(parts: readonly string[]): string;
  /** When its figures were read. */
  asOf(moment: string): string;
}

/** The last line of a message. */
export interface Footer {
  subject(kind: 'task' | 'group' | 'project', id: string): string;
  /** Of events about channels. */
  readonly watcher: string;
  events(numbers: readonly number[]): string;
  delayedBy(ms: number): string;
  /** Before a moment in the zone of each reader, where a chat shows such. */
  readonly readersTime: string;
}

/**
 * The sentence of an event, behind the name of its subject; nothing where an older version stored too little for it.
 */
export type Sentence = (facts: EventFacts) => string | undefined;

/** Why a readiness is not so. */
export type Why = (because: Because, readiness: Readiness, unmet: readonly Unmet[]) => string;

/**
 * The sentences within the data of events, for receivers that show them as they are. Events store them in English; for
 * other languages they are made anew, from the codes beside them.
 */
export interface Prose {
  /** How far a target is: `9 GB behind, 60 % of the keys missing`. */
  distance(figures: Partial<LastFigures>, unmet: readonly Unmet[]): string;
  /** A target whose distance nobody knows, or only as it had been before. */
  unknownDistance(before?: { readonly at: string; readonly words: string }): string;
  notChecked(what: NotChecked): string;
  /** Members of a finished group whose ends could not be checked: `unchecked` and `deleted` ones. */
  membersNotChecked(group: EventGroup): string;
  retraction(group: EventGroup): string;
  unread(what: Unread): string;
  restored(since: string): string;
  /** Why nothing was delivered, or no answer came; nothing where a newer version stored a code that is not known here. */
  explanation(why: Explanation): string | undefined;
  /** An answer with its status, its codes and the service's own words. */
  answer(answer: Answer): string;
  /** @param answer what DCS answered, in a sentence */
  degraded(answer: string, call: CallName, isDenied: boolean): string;
}

/** Everything that people read, in one language. Programs read `type` and `data`, and no words. */
export interface Language {
  readonly labels: Readonly<Record<Label, string>>;
  readonly headings: Readonly<Record<Heading, string>>;
  readonly links: Readonly<Record<LinkWord, string>>;
  /** Between a name or a label and its value: `: `. */
  readonly colon: string;
  /** Between the names of a list: `, `. */
  readonly comma: string;
  readonly marks: Readonly<Record<Mark, string>>;
  readonly phases: Readonly<Record<Phase, string>>;
  readonly failures: Readonly<Record<LookFailure, string>>;
  readonly figures: Figures;
  readonly values: Values;
  readonly sections: Sections;
  readonly digests: Digests;
  readonly overviews: Overviews;
  readonly footer: Footer;
  readonly sentences: Readonly<Record<EventType, Sentence>>;
  readonly transitions: Readonly<Record<Transition, Sentence>>;
  readonly reasons: Readonly<Record<Reason, Why>>;
  /** The meaning of an answer, and what to do about it. */
  readonly answers: Readonly<Record<AnswerCode, (answer: Answer) => string>>;
  /** Names of the known causes of failures. */
  readonly causes: Readonly<Record<Cause, string>>;
  /** Advice on known causes; some of it names the address of the migration machine. */
  readonly advice: Readonly<Record<Cause, (machineAddress?: string) => string>>;
  readonly prose: Prose;
  summarise(type: EventType, facts: EventFacts): string | undefined;
}

/** The same with the words of the page of all tasks and of the report of one migration, which no tick shows. */
export interface PageLanguage extends Language {
  readonly page: PageWords;
}

/** The word for a key; of a key that a newer version wrote, the key itself. */
export function wordFor<K extends string>(words: Readonly<Record<K, string>>, key: K): string {
  return Object.hasOwn(words, key) ? words[key] : key;
}
