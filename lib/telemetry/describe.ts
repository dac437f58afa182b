import { count, printable } from '../base/text.ts';
import { healthProblems, isHealthy } from './health.ts';
import type { LogEntry } from './log.ts';
import { factsOf } from './log-fields.ts';

export type Level = 'info' | 'warn' | 'error';

/** An entry as any logger takes it: how grave, one line of text, and the facts for machines. */
export interface LogLine {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Puts an entry into words. The message is one line: control characters of foreign names are taken out. */
export function describe(entry: LogEntry): LogLine {
  return { level: levelOf(entry), message: printable(messageOf(entry)), fields: factsOf(entry) };
}

/**
 * An entry as a line for people.
 *
 * @param timeText makes its time (ISO 8601, UTC) one that they read; without it: `2026-01-05 02:12:11Z`
 */
export function textLine(entry: LogEntry, now: Date, timeText = inUtc): string {
  const { level, message } = describe(entry);
  return `${timeText(now.toISOString())} ${MARKS[level]} ${message}`;
}

function inUtc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

/** An entry as a line of JSON. */
export function jsonLine(entry: LogEntry, now: Date): string {
  const { level, message, fields } = describe(entry);
  return JSON.stringify({ timestamp: now.toISOString(), level, message, ...fields });
}

const MARKS = { info: ' ', warn: '!', error: '✖' } as const satisfies Record<Level, string>;

const BY_SEVERITY = { info: 'info', success: 'info', action: 'warn', failure: 'error' } as const;

const BY_KIND = {
  look_failed: 'warn',
  looks_skipped: 'warn',
  dead_letter: 'error',
  put_back: 'info',
  deliveries_cancelled: 'warn',
  withdrawn: 'warn',
  renewed: 'info',
  deliveries_postponed: 'info',
  notice: 'info',
  problem: 'warn',
} as const satisfies Partial<Record<LogEntry['kind'], Level>>;

function levelOf(entry: LogEntry): Level {
  switch (entry.kind) {
    case 'tick':
      return isHealthy(entry) ? 'info' : 'warn';
    case 'event':
      return BY_SEVERITY[entry.event.data.severity];
    case 'delivery':
      return entry.outcome === 'delivered' && !entry.isPartial ? 'info' : 'warn';
    default:
      return BY_KIND[entry.kind];
  }
}

type Entry<Kind extends LogEntry['kind']> = Extract<LogEntry, { readonly kind: Kind }>;

function messageOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'tick':
      return tickWords(entry);
    case 'event':
      return eventWords(entry);
    case 'look_failed':
      return `${lookWords(entry)} failed (${entry.reason}): ${entry.detail}`;
    case 'looks_skipped':
      return `project ${entry.project}: ${count(entry.count, 'look')} postponed (${entry.why})`;
    case 'delivery':
      return deliveryWords(entry);
    case 'dead_letter':
      return deadLetterWords(entry);
    case 'put_back':
      return `channel ${entry.channel}: event ${entry.eventId} is pending again; it had been a dead letter since ${entry.diedAt} (${entry.why})`;
    case 'deliveries_cancelled':
      return `channel ${entry.channel} is no longer configured: ${count(entry.count, 'pending delivery', 'pending deliveries')} cancelled and kept as dead letters; if the channel comes back, deliveries redrive sends them`;
    case 'withdrawn':
      return `channel ${entry.channel}: event ${entry.eventId} is withdrawn (${entry.why}), ${entry.attempts === 0 ? 'it was never sent' : 'it is not sent again'}`;
    case 'renewed':
      return `channel ${entry.channel}: event ${entry.eventId} is still true, but has expired; event ${entry.renewedId} replaces it`;
    case 'deliveries_postponed':
      return `channel ${entry.channel}: its other deliveries wait for a later tick (${entry.why})`;
    case 'notice':
    case 'problem':
      return entry.message;
  }
}

function tickWords(tick: Entry<'tick'>): string {
  // Tasks that ended long ago are looked at seldom, and none while an endpoint cools down.
  const lookedAt = tick.looks < tick.tasks ? `${tick.looks} of ` : '';
  const parts = [
    `looked at ${lookedAt}${count(tick.tasks, 'task')} in ${tick.ms} ms`,
    tick.elsewhere === undefined ? '' : `${count(tick.elsewhere, 'project')} in runs of their own`,
    tick.listedOnly === undefined ? '' : `${tick.listedOnly} seen in the list alone`,
    tick.failedLooks > 0 ? `${tick.failedLooks} failed` : '',
    tick.changed > 0 ? `${tick.changed} changed` : '',
    tick.events > 0 ? count(tick.events, 'event') : 'no change',
    tick.delivered > 0 ? `${tick.delivered} delivered` : '',
    tick.pending > 0 ? `${tick.pending} pending` : '',
    tick.dead > 0 ? `${tick.dead} dead` : '',
    tick.failedRecords > 0 ? `${count(tick.failedRecords, 'record')} not read or saved` : '',
  ];
  const did = `tick: ${parts.filter((part) => part !== '').join(', ')}`;
  return [did, ...healthProblems(tick)].join('; ');
}

function eventWords({ event: { drill, data } }: Entry<'event'>): string {
  return `${drill ? 'drill, ' : ''}${data.severity}: ${data.summary}`;
}

function lookWords({ taskId, count: looks, project }: Entry<'look_failed'>): string {
  if (looks !== undefined) return `looks at ${count(looks, 'task')} of project ${project}`;
  const what = taskId === undefined ? 'the list of tasks' : `task ${taskId}`;
  return `look at ${what} of project ${project}`;
}

function deliveryWords({ channel, eventIds, outcome, reason, isPartial, ms }: Entry<'delivery'>): string {
  const what = eventIds.length === 1 ? `event ${eventIds[0]}` : count(eventIds.length, 'event');
  const gap = isPartial ? `, not to all: ${reason}` : '';
  if (outcome === 'delivered') return `channel ${channel}: ${what} delivered (${ms} ms)${gap}`;
  const next = outcome === 'permanent' ? 'not tried again' : 'tried again later';
  return `channel ${channel}: ${what} not delivered: ${reason}; ${next}`;
}

/** A withdrawn event is true no more: nobody is to send it again. */
function deadLetterWords({ channel, eventId, why, attempts }: Entry<'dead_letter'>): string {
  const redrive =
    why === 'withdrawn'
      ? ''
      : `; once the cause is fixed, send it with deliveries redrive --channel ${channel}`;
  return `channel ${channel}: event ${eventId} was given up (${why} after ${count(attempts, 'attempt')}) and is kept as a dead letter${redrive}`;
}
