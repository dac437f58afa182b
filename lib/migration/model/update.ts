import {
  type EventData,
  type EventFacts,
  type EventGroup,
  type EventOrigin,
  type EventTask,
  type EventType,
  type MigrationEvent,
  makeEvent,
  nextSequence,
  type Stamp,
  sequenceText,
} from '../../events/event.ts';
import { en } from '../../language/en.ts';
import type { MigrationRun } from './run.ts';
import type { Numbering, WatchRecord } from './state.ts';

/** The task, project or group that an event is about. */
export interface Concerns {
  readonly task?: EventTask;
  readonly project?: NonNullable<EventData['project']>;
  readonly group?: EventGroup;
}

/** The subject of a sentence, and its origin: common to all events about one task, project or group. */
export interface EventSubject {
  readonly origin: EventOrigin;
  readonly stamp: Stamp;
  readonly concerns: Concerns;
  /** How summaries begin. */
  readonly name: string;
  /** Empty where no console is known. */
  readonly consoleUrl: string;
}

/** Events of one look are about one subject, and made at one time. */
export interface EventContext {
  readonly subject: EventSubject;
  readonly now: Date;
}

/** The change that a look makes: the record to write, and the events that belong to the same write. */
export interface Update {
  readonly record: WatchRecord;
  readonly events: readonly MigrationEvent[];
}

/** As many as a reader of the closing report takes in. */
const LISTED_EVENTS = 40;

/**
 * Adds an event to an update, with its English sentence: that is stored, so that programs read the same words for ever.
 */
export function emit(
  { record, events }: Update,
  { subject, now }: EventContext,
  type: EventType,
  facts: EventFacts,
): Update {
  const { origin, stamp, concerns: about, name, consoleUrl } = subject;
  const { sequence, eventCount } = nextCounts(record, now);
  const summary = `${name}: ${en.summarise(type, { ...about, ...facts }) ?? type}`;
  const link = consoleUrl === '' ? {} : { consoleUrl };
  const data: EventData = { ...about, ...facts, number: eventCount, summary, ...link };
  const event = makeEvent({ origin, stamp, sequence, now, type, data });
  const { run } = record;
  const remembered = run === undefined ? {} : { run: withEvent(run, event) };
  return { record: { ...record, ...remembered, sequence, eventCount }, events: [...events, event] };
}

/** The counts of a record with its next event. */
interface Counts {
  /** The number that orders the event. */
  readonly sequence: number;
  /** The number for people. */
  readonly eventCount: number;
}

/** Counts the next event of a record. */
export function nextCounts({ sequence, eventCount = sequence }: Numbering, now: Date): Counts {
  return { sequence: nextSequence(sequence, now), eventCount: eventCount + 1 };
}

/** The last reminder is enough; when events are too many, those in the middle matter least. */
function withEvent(run: MigrationRun, { type, time }: MigrationEvent): MigrationRun {
  const isReminder = type === 'dcs.migration.forgotten';
  const before = isReminder ? run.events.filter((one) => one.type !== type) : run.events;
  const all = [...before, { type, at: time }];
  const kept = all.length > LISTED_EVENTS ? all.toSpliced(LISTED_EVENTS / 2, 1) : all;
  const unlisted = (run.unlistedEvents ?? 0) + run.events.length + 1 - kept.length;
  const listed = { ...run, events: kept };
  return unlisted === 0 ? listed : { ...listed, unlistedEvents: unlisted };
}

/** The update with another run; the same update when it is the same. */
export function withRun(update: Update, run: MigrationRun): Update {
  return update.record.run === run ? update : { ...update, record: { ...update.record, run } };
}

/** Facts that fence an automatic action. */
interface Fencing {
  readonly validUntil: string;
  readonly sequence: string;
}

/** An event that an automatic action may rest on carries until when, and the number that outdates earlier ones. */
export function fencing({ record }: Update, validForMs: number, now: Date): Fencing {
  return {
    validUntil: new Date(now.getTime() + validForMs).toISOString(),
    sequence: sequenceText(nextSequence(record.sequence, now)),
  };
}

/** An update, and an event that was told last and is to be owed apart from the others. */
export interface Renewal {
  readonly update: Update;
  readonly event: MigrationEvent | undefined;
}

/** Takes the event that was told last out of an update. */
export function withoutLast({ record, events }: Update): Renewal {
  return { update: { record, events: events.slice(0, -1) }, event: events.at(-1) };
}
