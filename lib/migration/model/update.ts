import {
  type EventData,
  type EventOrigin,
  type EventType,
  type MigrationEvent,
  makeEvent,
  nextSequence,
  type Stamp,
  sequenceText,
} from '../../events/event.ts';
import { en } from '../../language/en.ts';
import type { Course } from './run.ts';
import type { WatchRecord } from './state.ts';

/** Who a sentence is about, and who says it: what all events about one task, or one project, have in common. */
export interface Voice {
  readonly origin: EventOrigin;
  readonly stamp: Stamp;
  readonly about: Pick<EventData, 'task' | 'project' | 'group'>;
  /** How summaries begin. */
  readonly name: string;
  /** Empty where no console is known. */
  readonly consoleUrl: string;
}

/** What a look changed: the record to write, and the events that belong to the same write. */
export interface Noticed {
  readonly record: WatchRecord;
  readonly events: readonly MigrationEvent[];
}

/** What one event says besides what all events of its voice have in common. */
export type Facts = Omit<EventData, 'task' | 'project' | 'group' | 'number' | 'summary' | 'consoleUrl'>;

/** As many as a reader of the closing report takes in. */
const TOLD_LENGTH = 40;

/**
 * Adds an event to a draft, with its English sentence: that is stored, so that programs read the same words for ever.
 */
export function tell(
  { record, events }: Noticed,
  { origin, stamp, about, name, consoleUrl }: Voice,
  type: EventType,
  facts: Facts,
  now: Date,
): Noticed {
  const { sequence, eventCount } = counting(record, now);
  const summary = `${name}: ${en.summarise(type, { ...about, ...facts }) ?? type}`;
  const link = consoleUrl === '' ? {} : { consoleUrl };
  const data: EventData = { ...about, ...facts, number: eventCount, summary, ...link };
  const event = makeEvent({ origin, stamp, sequence, now, type, data });
  const { run } = record;
  const remembered = run === undefined ? {} : { run: withTold(run, event) };
  return { record: { ...record, ...remembered, sequence, eventCount }, events: [...events, event] };
}

/** What a record counts with its next event: the number that orders it, and that of people. */
export function counting(
  { sequence, eventCount = sequence }: Pick<WatchRecord, 'sequence' | 'eventCount'>,
  now: Date,
): Required<Pick<WatchRecord, 'sequence' | 'eventCount'>> {
  return { sequence: nextSequence(sequence, now), eventCount: eventCount + 1 };
}

/** Of reminders the last is enough; of too many events those in the middle are the least. */
function withTold(course: Course, { type, time }: MigrationEvent): Course {
  const isReminder = type === 'dcs.migration.forgotten';
  const before = isReminder ? course.events.filter((one) => one.type !== type) : course.events;
  const all = [...before, { type, at: time }];
  const told = all.length > TOLD_LENGTH ? all.toSpliced(TOLD_LENGTH / 2, 1) : all;
  const unlisted = (course.unlistedEvents ?? 0) + course.events.length + 1 - told.length;
  return { ...course, events: told, ...(unlisted > 0 && { unlistedEvents: unlisted }) };
}

/** The draft with another course; the same draft when it is the same. */
export function withCourse(draft: Noticed, course: Course): Noticed {
  return draft.record.run === course ? draft : { ...draft, record: { ...draft.record, run: course } };
}

/** An event that an automatic action may rest on carries until when, and the number that outdates earlier ones. */
export function fence(
  { record }: Noticed,
  validForMs: number,
  now: Date,
): Pick<EventData, 'validUntil' | 'sequence'> {
  return {
    validUntil: new Date(now.getTime() + validForMs).toISOString(),
    sequence: sequenceText(nextSequence(record.sequence, now)),
  };
}

/** A draft, and an event that was told last and is to be owed apart from the others. */
export interface Renewal {
  readonly noticed: Noticed;
  readonly event: MigrationEvent | undefined;
}

/** Takes the event that was told last out of a draft. */
export function apart({ record, events }: Noticed): Renewal {
  return { noticed: { record, events: events.slice(0, -1) }, event: events.at(-1) };
}
