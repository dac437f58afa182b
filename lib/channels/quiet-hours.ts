import type { MigrationEvent } from '../events/event.ts';

/** Answers questions about quiet time. All moments are milliseconds since the epoch. */
export interface QuietSpans {
  /** The end of the present quiet time; nothing when it is not quiet now. */
  until(now: number): number | undefined;
  /** Whether any of the time between two moments is quiet. */
  coversSome(since: number, now: number): boolean;
  /** The moment after `awakeMs` of time that is not quiet. It never lies in quiet hours. */
  after(since: number, awakeMs: number): number;
}

/** The hours in which a chat gets no messages. */
export interface QuietHours extends QuietSpans {
  /** The end in the time zone of the chat: `2026-01-06 08:00 UTC+8`. */
  untilWords(now: number): string | undefined;
  /** Whether an event is sent even in quiet hours. */
  excepts(event: MigrationEvent): boolean;
}
