import { printable } from '../base/text.ts';
import type { OutcomeClass } from '../channels/channel.ts';
import type { LookFailure, MigrationEvent } from '../events/event.ts';
import { ailments, type Health, isHealthy } from './health.ts';
import { underFreeNames } from './log-fields.ts';

/** What one tick did; the function returns it. */
export interface TickSummary {
  /** Watched tasks. */
  readonly tasks: number;
  /** Tasks whose status changed (or that are gone). */
  readonly changed: number;
  /** Events that were stored. */
  readonly events: number;
  /** Deliveries that arrived and were acknowledged: what could not be acknowledged is pending, and told again. */
  readonly delivered: number;
  /** Deliveries that are still owed. */
  readonly pending: number;
  /** Deliveries that ended as dead letters. */
  readonly dead: number;
  readonly failedLooks: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** One tick in full: what it did, and how things stand after it. */
export interface TickReport extends TickSummary, Health {
  /** Looks that were made; the other tasks were left for later. */
  readonly looks: number;
  /** Age of the oldest event that is still owed to a channel, in milliseconds; 0 when nothing is owed. */
  readonly pendingAgeMs: number;
  /** Channels that cannot be told anything until somebody mends them. */
  readonly brokenChannels: number;
  /** When all is free that is owed and that another run has the leases of (ISO 8601): if it was killed, a tick goes on then. */
  readonly leasedUntil?: string;
}

/** The part of a report that the function returns. */
export function summaryOf(report: TickReport): TickSummary {
  const { tasks, changed, events, delivered, pending, dead, failedLooks, ms } = report;
  return { tasks, changed, events, delivered, pending, dead, failedLooks, ms };
}

/** Everything this program says about its own work. No entry has a place for a secret. */
export type LogEntry =
  | ({ readonly kind: 'tick' } & TickReport)
  | { readonly kind: 'event'; readonly event: MigrationEvent }
  | {
      readonly kind: 'look_failed';
      readonly project: string;
      /** Absent where it was the project's list that could not be read. */
      readonly taskId?: string;
      readonly reason: LookFailure;
      readonly detail: string;
      readonly requestId?: string;
    }
  | { readonly kind: 'looks_skipped'; readonly project: string; readonly why: string; readonly count: number }
  | {
      readonly kind: 'delivery';
      readonly channel: string;
      readonly eventIds: readonly string[];
      readonly outcome: OutcomeClass;
      readonly reason: string;
      readonly ms: number;
    }
  | {
      readonly kind: 'dead_letter';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      readonly attempts: number;
    }
  | {
      readonly kind: 'put_back';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      readonly diedAt: string;
    }
  | { readonly kind: 'deliveries_cancelled'; readonly channel: string; readonly count: number }
  /** Right before an event that a program may act on was sent, it was found to be true no more. */
  | {
      readonly kind: 'withdrawn';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      /** How often it was sent before, without an answer that it arrived. */
      readonly attempts: number;
    }
  /** Or it was found to be true, but told too long ago: another event says the same. */
  | {
      readonly kind: 'renewed';
      readonly channel: string;
      readonly eventId: string;
      readonly renewedId: string;
    }
  | { readonly kind: 'deliveries_postponed'; readonly channel: string; readonly why: string }
  /** `notice` is for people to know, `problem` for somebody to act on. */
  | { readonly kind: 'notice' | 'problem'; readonly message: string };

export type Log = (entry: LogEntry) => void;

export type Level = 'info' | 'warn' | 'error';

/** An entry as any logger takes it: how grave, one line of text, and the facts for machines. */
export interface LogLine {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Puts an entry into words. The message is one line: control characters of foreign names are taken out. */
export function describe(entry: LogEntry): LogLine {
  const { level, message } = words(entry);
  return { level, message: printable(message), fields: underFreeNames(entry.kind, factsOf(entry)) };
}

const LEVELS = { info: 'info', success: 'info', action: 'warn', failure: 'error' } as const satisfies Record<
  MigrationEvent['data']['severity'],
  Level
>;

function words(entry: LogEntry): { level: Level; message: string } {
  switch (entry.kind) {
    case 'tick':
      return { level: isHealthy(entry) ? 'info' : 'warn', message: tickWords(entry) };
    case 'event':
      return { level: LEVELS[entry.event.data.severity], message: eventWords(entry.event) };
    case 'look_failed':
      return {
        level: 'warn',
        message: `${lookWords(entry)} failed (${entry.reason}): ${entry.detail}`,
      };
    case 'looks_skipped':
      return {
        level: 'warn',
        message: `project ${entry.project}: ${count(entry.count, 'look')} left for later (${entry.why})`,
      };
    case 'delivery':
      return deliveryWords(entry);
    case 'dead_letter':
      return {
        level: 'error',
        message: `channel ${entry.channel}: event ${entry.eventId} will not be told (${entry.why} after ${count(entry.attempts, 'attempt')}); kept as a dead letter${redriveWords(entry)}`,
      };
    case 'put_back':
      return {
        level: 'info',
        message: `channel ${entry.channel}: event ${entry.eventId} is put back, it was dead since ${entry.diedAt} (${entry.why})`,
      };
    case 'deliveries_cancelled':
      return {
        level: 'warn',
        message: `channel ${entry.channel} is no longer configured: ${count(entry.count, 'pending delivery', 'pending deliveries')} cancelled, kept as dead letters: if it comes back, deliveries redrive sends them`,
      };
    case 'withdrawn':
      return {
        level: 'warn',
        message: `channel ${entry.channel}: event ${entry.eventId} is withdrawn (${entry.why}), ${entry.attempts === 0 ? 'it was never sent' : 'it is not sent again'}`,
      };
    case 'renewed':
      return {
        level: 'info',
        message: `channel ${entry.channel}: event ${entry.eventId} is true, but no longer valid; event ${entry.renewedId} says it anew`,
      };
    case 'deliveries_postponed':
      return {
        level: 'info',
        message: `channel ${entry.channel}: the rest waits for a later tick (${entry.why})`,
      };
    case 'notice':
      return { level: 'info', message: entry.message };
    case 'problem':
      return { level: 'warn', message: entry.message };
  }
}

/** What was withdrawn is true no more: nobody is to send it again. */
function redriveWords({ why, channel }: LogEntry & { kind: 'dead_letter' }): string {
  return why === 'withdrawn'
    ? ''
    : `: when the cause is mended, deliveries redrive --channel ${channel} sends it`;
}

function eventWords({ drill, data: { severity, summary } }: MigrationEvent): string {
  return `${drill ? 'drill, ' : ''}${severity}: ${summary}`;
}

function tickWords(tick: TickReport): string {
  // Tasks that ended long ago are looked at seldom, and none while an endpoint rests.
  const lookedAt = tick.looks < tick.tasks ? `${tick.looks} of ` : '';
  const parts = [
    `looked at ${lookedAt}${count(tick.tasks, 'task')} in ${tick.ms} ms`,
    tick.failedLooks > 0 ? `${tick.failedLooks} failed` : '',
    tick.changed > 0 ? `${tick.changed} changed` : '',
    tick.events > 0 ? count(tick.events, 'event') : 'no change',
    tick.delivered > 0 ? `${tick.delivered} delivered` : '',
    tick.pending > 0 ? `${tick.pending} pending` : '',
    tick.dead > 0 ? `${tick.dead} dead` : '',
    tick.failedRecords > 0 ? `${count(tick.failedRecords, 'record')} not read or saved` : '',
  ];
  const did = `tick: ${parts.filter((part) => part !== '').join(', ')}`;
  return [did, ...ailments(tick)].join('; ');
}

function lookWords({ taskId, project }: LogEntry & { kind: 'look_failed' }): string {
  const what = taskId === undefined ? 'the list of tasks' : `task ${taskId}`;
  return `look at ${what} of project ${project}`;
}

function deliveryWords(entry: LogEntry & { kind: 'delivery' }): { level: Level; message: string } {
  const what =
    entry.eventIds.length === 1 ? `event ${entry.eventIds[0]}` : count(entry.eventIds.length, 'event');
  if (entry.outcome === 'delivered') {
    return { level: 'info', message: `told ${entry.channel}: ${what} (${entry.ms} ms)` };
  }
  const next = entry.outcome === 'permanent' ? 'not tried again' : 'tried again later';
  return {
    level: 'warn',
    message: `channel ${entry.channel}: ${what} not delivered: ${entry.reason}; ${next}`,
  };
}

/** `1 task`, `2 tasks`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function factsOf(entry: LogEntry): Readonly<Record<string, unknown>> {
  switch (entry.kind) {
    case 'event': {
      const { id, type, subject, sequence, drill, data } = entry.event;
      const { severity, from, to } = data;
      return {
        kind: entry.kind,
        eventId: id,
        type,
        taskId: subject,
        sequence,
        severity,
        drill,
        from: from?.status,
        to: to?.status,
      };
    }
    case 'look_failed': {
      const { requestId, ...facts } = entry;
      return { ...facts, ...(requestId !== undefined && { dcsRequestId: requestId }) };
    }
    case 'notice':
    case 'problem':
      return { kind: entry.kind };
    default:
      return { ...entry };
  }
}

const MARKS = { info: ' ', warn: '!', error: '✖' } as const satisfies Record<Level, string>;

/** An entry as a line for people, with the time in UTC: `2026-01-05 02:12:11Z`. */
export function textLine(entry: LogEntry, now: Date): string {
  const { level, message } = describe(entry);
  const time = now.toISOString();
  return `${time.slice(0, 10)} ${time.slice(11, 19)}Z ${MARKS[level]} ${message}`;
}

/** An entry as a line of JSON. */
export function jsonLine(entry: LogEntry, now: Date): string {
  const { level, message, fields } = describe(entry);
  return JSON.stringify({ timestamp: now.toISOString(), level, message, ...fields });
}
