import type { MigrationEvent } from '../events/event.ts';

/** Time that is quiet, and time that is not. All moments are milliseconds since the epoch. */
export interface QuietSpans {
  /** The first moment that is not quiet any more; nothing when it is not quiet now. */
  until(now: number): number | undefined;
  /** Whether any of the time between two moments is quiet. */
  coversSome(since: number, now: number): boolean;
  /** When so much time that is not quiet has gone by. Never in quiet hours. */
  after(since: number, awakeMs: number): number;
}

/** The time in which a chat is left alone. */
export interface QuietHours extends QuietSpans {
  /** The end as the readers of the chat see it: `2026-01-06 08:00 UTC+8`. */
  untilWords(now: number): string | undefined;
  /** Whether an event is sent at once. */
  excepts(event: MigrationEvent): boolean;
}
