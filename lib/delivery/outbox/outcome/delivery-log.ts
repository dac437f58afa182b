import { defined } from '../../../base/defined.ts';
import type { Outcome } from '../../../channels/channel.ts';
import type { Dossier, EventData, EventFacts } from '../../../events/event.ts';
import type { Attempt, SentEntry, StoredRecord } from '../../../records/record.ts';
import type { PendingDelivery } from '../types.ts';

/** Deliveries that a record logs, attempts of each before the one that arrived, characters of a summary. */
const LOG_LENGTH = 64;
const ATTEMPTS_BEFORE = 2;
const SUMMARY_LENGTH = 120;
/** Characters of the facts behind a summary, as JSON. A status takes some two hundred, a failure eight hundred. */
const FACTS_LENGTH = 1000;
/** Entries that each channel keeps, where there is room: enough to see flapping. */
const EACH_CHANNEL = 5;

/** Whether the log knows that a delivery arrived. */
export function hasArrived({ sent }: StoredRecord, eventId: string, channel: string): boolean {
  return sent?.some((one) => one.eventId === eventId && one.channel === channel) === true;
}

/**
 * Logs a delivery that arrived. The text of an event is kept once, with the channel that it reached last.
 *
 * @param events counted in its message, of all records
 */
export function logDelivery(
  record: StoredRecord,
  arrived: PendingDelivery,
  outcome: Outcome,
  { events, now }: { readonly events: number; readonly now: Date },
): StoredRecord {
  const entry = entryOf(arrived, outcome, events, now);
  const before = (record.sent ?? []).map((one) => {
    const { time: _time, summary: _summary, facts: _facts, ...rest } = one;
    return one.eventId === entry.eventId ? rest : one;
  });
  return { ...record, sent: bounded([...before, entry]) };
}

function entryOf(
  { event, channel, delivery: { attempts, redrive, history } }: PendingDelivery,
  { status, ms }: Outcome,
  events: number,
  now: Date,
): SentEntry {
  const { id, type, time, data } = event;
  return defined({
    eventId: id,
    channel,
    at: now.toISOString(),
    attempts: attempts + 1,
    events,
    redrives: redrive?.number,
    renews: data.renews,
    // A damaged event is sent as it is stored, but must not damage the record.
    type: text(type),
    time,
    summary: text(data.summary)?.slice(0, SUMMARY_LENGTH),
    facts: factsOf(data),
    status,
    ms,
    before: history.length > 0 ? inBrief(history.slice(-ATTEMPTS_BEFORE)) : undefined,
  });
}

/** Attempts without their codes, which only the last one keeps: a record has many attempts. */
export function inBrief(history: readonly Attempt[]): readonly Attempt[] {
  return history.map(({ explanation: _codes, ...attempt }) => attempt);
}

/** The codes and figures of an event that sentences need, without names, ids and fields for receivers. */
function factsOf(data: EventData): EventFacts | undefined {
  const { severity, transition, from, to, standing, notObserved, unchecked, notChecked, dossier } = data;
  const { progress, readiness, lastFigures, stall, seconds, resynchronisations, switchStatus } = data;
  const { reason, since, looks, call, answer, detail } = data;
  const facts = defined<EventFacts>({
    severity,
    transition,
    from,
    to,
    standing,
    notObserved,
    unchecked,
    notChecked,
    switchStatus,
    progress,
    readiness,
    lastFigures,
    stall,
    seconds,
    resynchronisations,
    reason,
    since,
    looks,
    call,
    answer,
    detail,
    dossier: dossier && said(dossier),
  });
  return JSON.stringify(facts).length > FACTS_LENGTH ? undefined : facts;
}

/** The part of a dossier that its sentence needs. */
function said({ errorMessage, advice, log }: Dossier): Dossier {
  return defined<Dossier>({ errorMessage, advice, log: log.slice(-1), unknown: [] });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Each channel keeps its newest entries, even beside busy ones: a chat's last message decides which one it gets next.
 */
function bounded(all: readonly SentEntry[]): readonly SentEntry[] {
  const byChannel = Map.groupBy(all, ({ channel }) => channel);
  const each = Math.max(1, Math.min(EACH_CHANNEL, Math.floor(LOG_LENGTH / byChannel.size)));
  const newest = new Set([...byChannel.values()].flatMap((entries) => entries.slice(-each)));
  const others = all.filter((one) => !newest.has(one));
  const dropped = new Set(others.slice(0, Math.max(0, all.length - LOG_LENGTH)));
  return all.filter((one) => !dropped.has(one)).slice(-LOG_LENGTH);
}
