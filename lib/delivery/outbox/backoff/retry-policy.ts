import type { Audience } from '../../../channels/channel.ts';
import type { QuietSpans } from '../../../channels/quiet-hours.ts';
import type { EventType, MigrationEvent } from '../../../events/event.ts';
import { isFinal } from '../../../events/phase.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Waits before the second, third, … attempt. Standard Webhooks 1.0.0 recommends a schedule of growing delays over
 * some days with jitter; ours starts at a minute because that is the usual distance of two ticks.
 */
const SCHEDULE_MS = [
  1 * MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
const LONGEST_WAIT_MS = 24 * HOUR;
/** So that many deliveries that failed together do not come back together. */
const JITTER = 0.2;

/** A chat message that is a day late is noise; a program, and the end of a migration, are worth a weekend. */
const DEADLINE_MS = { people: 24 * HOUR, programs: 72 * HOUR } as const;
const FINAL_DEADLINE_MS = 72 * HOUR;
/** How a group ended; of a task its phase says so. */
const ENDS_OF_GROUPS: ReadonlySet<EventType | undefined> = new Set([
  'dcs.group.failed',
  'dcs.group.finished',
]);

/** `Retry-After` is honoured up to these bounds. */
const LONGEST_RETRY_AFTER_MS = { people: 1 * HOUR, programs: 24 * HOUR } as const;

/** A receiver that asks for a pause, or does not answer in time, is left alone by all tasks for at least this long. */
const SHORTEST_PAUSE_MS = 60 * SECOND;

/** No wait is longer, whatever the schedule, its jitter and the receiver ask for. Milliseconds. */
const LONGEST_PUT_OFF_MS = LONGEST_WAIT_MS * (1 + JITTER);

/**
 * Whether something put off until `notBefore` (ISO 8601) is still to wait. What would have to wait longer than anything
 * ever does was put off by a run whose clock was wrong, and waits no more: else it would be stuck until then.
 */
export function isPutOff(notBefore: string, now: Date): boolean {
  const waitMs = Date.parse(notBefore) - now.getTime();
  return waitMs > 0 && waitMs <= LONGEST_PUT_OFF_MS;
}

/**
 * When a delivery is to be tried again.
 *
 * @param attempts how many were made, at least 1
 * @param retryAfterMs what the receiver asked for, in milliseconds
 * @param random in [0, 1)
 * @returns milliseconds from now
 */
export function retryDelayMs(input: {
  readonly audience: Audience;
  readonly attempts: number;
  readonly retryAfterMs: number | undefined;
  readonly random: number;
}): number {
  const planned = SCHEDULE_MS[input.attempts - 1] ?? LONGEST_WAIT_MS;
  const jittered = planned * (1 - JITTER + 2 * JITTER * input.random);
  return Math.round(Math.max(jittered, boundedRetryAfterMs(input.audience, input.retryAfterMs)));
}

/** How long the circuit of a channel opens after a pause was asked for or a request timed out. Milliseconds. */
export function pauseMs(audience: Audience, retryAfterMs: number | undefined): number {
  return Math.max(SHORTEST_PAUSE_MS, boundedRetryAfterMs(audience, retryAfterMs));
}

function boundedRetryAfterMs(audience: Audience, retryAfterMs = 0): number {
  // Mutant survives, `retryAfterMs > 0` → `retryAfterMs >= 0`: to wait at least 0 ms is not to wait.
  return retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS[audience]) : 0;
}

/**
 * Until when an event is worth delivering to this audience. Milliseconds since the epoch.
 *
 * @param since when it began to be pending (ISO 8601): for a dead letter that was requeued, that moment
 * @param hold time that does not count: what quiet hours hold over a weekend has all its time to arrive
 */
export function deadlineOf(
  event: MigrationEvent,
  audience: Audience,
  since = event.time,
  hold?: QuietSpans,
): number {
  const [from, forMs] = [Date.parse(since), isOfAnEnd(event) ? FINAL_DEADLINE_MS : DEADLINE_MS[audience]];
  return hold === undefined ? from + forMs : hold.after(from, forMs);
}

/** How a migration ended, and that this is no longer so: who hears of the one must not miss the other. */
export function isOfAnEnd({ type, data: { from, to, group } }: MigrationEvent): boolean {
  const isOfGroup = [type, group?.retracts?.type].some((one) => ENDS_OF_GROUPS.has(one));
  return isOfGroup || [from, to].some((standing) => standing !== undefined && isFinal(standing.phase));
}
