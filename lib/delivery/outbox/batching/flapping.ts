import type { EventType, MigrationEvent } from '../../../events/event.ts';
import { canonicalStatus } from '../../../events/phase.ts';
import { standingsOf } from '../../../migration/model/state.ts';
import type { StoredRecord } from '../../../records/record.ts';
import type { PendingDelivery } from '../types.ts';

/**
 * A topic flaps when it came to the same state so often within its window. The windows of words are longer, because ten
 * minutes have too few looks.
 */
const TOPICS = {
  status: { times: 3, windowMs: 10 * 60_000 },
  readiness: { times: 3, windowMs: 60 * 60_000 },
  failing: { times: 3, windowMs: 60 * 60_000 },
} as const;

type WordTopic = Exclude<keyof typeof TOPICS, 'status'>;

/**
 * Announcements that alternate with their retractions, when a figure is near its threshold or an API fails now and
 * then.
 */
const TOPIC_OF: ReadonlyMap<string | undefined, WordTopic> = new Map<EventType, WordTopic>([
  ['dcs.migration.cutover_ready', 'readiness'],
  ['dcs.migration.cutover_unready', 'readiness'],
  ['dcs.group.ready', 'readiness'],
  ['dcs.group.retracted', 'readiness'],
  ['dcs.watch.failing', 'failing'],
  ['dcs.watch.restored', 'failing'],
]);

/** The end of an IP switch is never a repetition, even while the status flaps. */
const ALWAYS_NEW: ReadonlySet<EventType> = new Set([
  'dcs.migration.ip_switched',
  'dcs.migration.ip_rolled_back',
]);

/** The flapping topics of one record, for one chat. */
export interface Flapping {
  /** The status flaps, or a topic of a waiting event does. */
  readonly isFlapping: boolean;
  /** A waiting event belongs to a flapping topic other than the status. */
  readonly hasWords: boolean;
  /** Whether an event only repeats what the chat has heard. */
  isRepeat(event: MigrationEvent): boolean;
}

export function flappingIn(
  record: StoredRecord,
  channel: string,
  waiting: readonly PendingDelivery[],
  now: Date,
): Flapping {
  const visits = countWithin(visitsOf(record), TOPICS.status.windowMs, now);
  const isStatus = [...visits.values()].some((times) => times >= TOPICS.status.times);
  const words = flappingWords(wordsOf(record, channel, waiting), now);
  const isWord = ({ type }: MigrationEvent) => words.has(TOPIC_OF.get(type));
  const hasWords = waiting.some(({ event }) => isWord(event));
  return {
    isFlapping: isStatus || hasWords,
    hasWords,
    isRepeat: (event) => isWord(event) || (isStatus && !isNew(event, visits)),
  };
}

/** One occurrence of something that may flap. */
interface Occurrence {
  /** Absent where an older version logged no type. */
  readonly key: string | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
}

function flappingWords(words: readonly Occurrence[], now: Date): ReadonlySet<WordTopic | undefined> {
  const isFlapping = (topic: WordTopic): boolean => {
    const { times, windowMs } = TOPICS[topic];
    const ofTopic = words.filter(({ key }) => TOPIC_OF.get(key) === topic);
    return [...countWithin(ofTopic, windowMs, now).values()].some((count) => count >= times);
  };
  return new Set((['readiness', 'failing'] as const).filter(isFlapping));
}

/** Words that the channel has got or waits for. */
function wordsOf(
  // Mutant survives, `[]` → `["Stryker was here"]`: a word in the list has neither a time nor a channel.
  { sent = [] }: StoredRecord,
  channel: string,
  waiting: readonly PendingDelivery[],
): readonly Occurrence[] {
  const heard = sent.filter((one) => one.channel === channel);
  return [
    ...heard.map(({ type, at }) => ({ key: type, at })),
    ...waiting.map(({ event: { type, time } }) => ({ key: type, at: time })),
  ];
}

/**
 * Statuses and phases that a task came to. They are read from the timeline, because the delivery log has no statuses.
 */
function visitsOf({ state }: StoredRecord): readonly Occurrence[] {
  return standingsOf(state).map((one) => ({ key: placeOf(one), at: one.since }));
}

/** A status with its phase. During an IP switch only the phase changes, which is no flapping. */
function placeOf({ status, phase }: { readonly status: string; readonly phase: string }): string {
  return `${canonicalStatus(status)} ${phase}`;
}

/** Whether a task came to a status and phase for the first time in the window, as with a failure or an end. */
function isNew({ type, data }: MigrationEvent, visits: ReadonlyMap<Occurrence['key'], number>): boolean {
  return ALWAYS_NEW.has(type) || (data.to !== undefined && visits.get(placeOf(data.to)) === 1);
}

function countWithin(
  all: readonly Occurrence[],
  windowMs: number,
  now: Date,
): ReadonlyMap<Occurrence['key'], number> {
  const recent = all.filter(({ at }) => isWithin(at, now, windowMs));
  const byKey = Map.groupBy(recent, ({ key }) => key);
  return new Map([...byKey].map(([key, occurrences]) => [key, occurrences.length]));
}

/** A time ahead of our clock does not count. */
export function isWithin(time: string, now: Date, windowMs: number): boolean {
  const ageMs = now.getTime() - Date.parse(time);
  return ageMs >= 0 && ageMs < windowMs;
}
