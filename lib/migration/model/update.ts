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
import type { Numbering, State, Stream, TaskState } from './state.ts';

/** The task, project or group that an event is about. */
export interface SubjectFields {
  readonly task?: EventTask;
  readonly project?: NonNullable<EventData['project']>;
  readonly group?: EventGroup;
}

/** The part that all events about one task, project or group share. */
export interface EventSubject {
  readonly origin: EventOrigin;
  readonly stamp: Stamp;
  readonly concerns: SubjectFields;
  /** The name at the beginning of each summary. */
  readonly name: string;
  /** Empty where no console is known. */
  readonly consoleUrl: string;
}

/** The subject and the time, which all events of one look share. */
export interface EventContext {
  readonly subject: EventSubject;
  readonly now: Date;
}

/** The result of a look: the stream to write, and the events that belong to the same write. */
export interface Update<S = TaskState> {
  readonly stream: Stream<S>;
  readonly events: readonly MigrationEvent[];
}

/** Events that the closing report lists at most, for the sake of its readers. */
const LISTED_EVENTS = 40;

/**
 * Adds an event to an update, with its English sentence, which is stored so that programs always read the same text.
 */
export function emit<S extends State>(
  { stream, events }: Update<S>,
  { subject, now }: EventContext,
  type: EventType,
  facts: EventFacts,
): Update<S> {
  const { origin, stamp, concerns: about, name, consoleUrl } = subject;
  const { sequence, eventCount } = nextCounts(stream, now);
  const summary = `${name}: ${en.summarise(type, { ...about, ...facts }) ?? type}`;
  const link = consoleUrl === '' ? {} : { consoleUrl };
  const data: EventData = { ...about, ...facts, number: eventCount, summary, ...link };
  const event = makeEvent({ origin, stamp, sequence, now, type, data });
  const state = withRemembered(stream.state, event);
  return { stream: { ...stream, state, sequence, eventCount }, events: [...events, event] };
}

/** Keeps an event for the list in the run's closing report. */
function withRemembered<S extends State>(state: S, event: MigrationEvent): S {
  const run = runIn(state);
  return run === undefined ? state : { ...state, run: withEvent(run, event) };
}

function runIn(state: State): MigrationRun | undefined {
  return 'run' in state ? state.run : undefined;
}

/** The counts of a stream with its next event. */
interface Counts {
  /** The number that orders the event. */
  readonly sequence: number;
  /** The number for people. */
  readonly eventCount: number;
}

/** Counts the next event of a stream. */
export function nextCounts({ sequence, eventCount = sequence }: Numbering, now: Date): Counts {
  return { sequence: nextSequence(sequence, now), eventCount: eventCount + 1 };
}

/**
 * Adds an event to the list of a run. Only the last reminder stays, and when the list is full, an event in its middle
 * is dropped.
 */
function withEvent(run: MigrationRun, { type, time }: MigrationEvent): MigrationRun {
  const isReminder = type === 'dcs.migration.forgotten';
  const before = isReminder ? run.events.filter((one) => one.type !== type) : run.events;
  const all = [...before, { type, at: time }];
  const kept = all.length > LISTED_EVENTS ? all.toSpliced(LISTED_EVENTS / 2, 1) : all;
  const unlisted = (run.unlistedEvents ?? 0) + run.events.length + 1 - kept.length;
  const listed = { ...run, events: kept };
  return unlisted === 0 ? listed : { ...listed, unlistedEvents: unlisted };
}

/** The update with another state; its numbers and events stay. */
export function withState<S>(update: Update<S>, state: S): Update<S> {
  return { ...update, stream: { ...update.stream, state } };
}

/** The update with another run; the same update when it is the same. */
export function withRun(update: Update, run: MigrationRun): Update {
  const { state } = update.stream;
  return state.run === run ? update : withState(update, { ...state, run });
}

/** Fencing fields of an event, for automatic actions. */
interface Fencing {
  readonly validUntil: string;
  readonly sequence: string;
}

/** The fencing fields of an event: the end of its validity, and the number that outdates earlier events. */
export function fencing<S>({ stream }: Update<S>, validForMs: number, now: Date): Fencing {
  return {
    validUntil: new Date(now.getTime() + validForMs).toISOString(),
    sequence: sequenceText(nextSequence(stream.sequence, now)),
  };
}

/** An update, and its last event, which is enqueued apart from the others. */
export interface Renewal<S = TaskState> {
  readonly update: Update<S>;
  readonly event: MigrationEvent | undefined;
}

/** Takes the last event out of an update. */
export function withoutLast<S>({ stream, events }: Update<S>): Renewal<S> {
  return { update: { stream, events: events.slice(0, -1) }, event: events.at(-1) };
}
