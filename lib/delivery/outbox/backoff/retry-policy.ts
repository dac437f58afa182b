import type { Audience } from '../../../channels/channel.ts';
import type { QuietSpans } from '../../../channels/quiet-hours.ts';
import type { EventType, MigrationEvent } from '../../../events/event.ts';
import { isFinal } from '../../../events/phase.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Waits before the second, third, … attempt. Standard Webhooks 1.0.0 recommends a schedule of growing delays over some
 * days with jitter; this one starts at a minute, the usual interval of ticks.
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
/** Spreads the retries of deliveries that failed together. */
const JITTER = 0.2;

/** A chat message that is a day late is noise. Programs, and the end of a migration, must survive a weekend. */
const DEADLINE_MS = { people: 24 * HOUR, programs: 72 * HOUR } as const;
const FINAL_DEADLINE_MS = 72 * HOUR;
/** Events about the end of a group. The end of a task shows in its phase. */
const ENDS_OF_GROUPS: ReadonlySet<EventType | undefined> = new Set([
  'dcs.group.failed',
  'dcs.group.finished',
]);

/** `Retry-After` is honoured up to these bounds. */
const LONGEST_RETRY_AFTER_MS = { people: 1 * HOUR, programs: 24 * HOUR } as const;

/** The shortest pause of all deliveries to a receiver that asks for one, or does not answer in time. */
const SHORTEST_PAUSE_MS = 60 * SECOND;

/** No wait is longer, whatever the schedule, its jitter and the receiver ask for. Milliseconds. */
const LONGEST_PUT_OFF_MS = LONGEST_WAIT_MS * (1 + JITTER);

/**
 * Whether the time `notBefore` (ISO 8601) still lies ahead. A wait that is impossibly long ends at once: the clock of
 * the run that wrote it was wrong.
 */
export function isPostponed(notBefore: string, now: Date): boolean {
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

/** The time in milliseconds for which a circuit opens after a receiver asked for a pause or did not answer in time. */
export function pauseMs(audience: Audience, retryAfterMs: number | undefined): number {
  return Math.max(SHORTEST_PAUSE_MS, boundedRetryAfterMs(audience, retryAfterMs));
}

function boundedRetryAfterMs(audience: Audience, retryAfterMs = 0): number {
  // Mutant survives, `retryAfterMs > 0` → `retryAfterMs >= 0`: to wait at least 0 ms is not to wait.
  return retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS[audience]) : 0;
}

/**
 * The end of the time in which an event is worth delivering to this audience. Milliseconds since the epoch.
 *
 * @param since the start of the time (ISO 8601); for a requeued dead letter the time of the redrive
 * @param hold time that does not count, so that an event held over a weekend keeps its whole deadline
 */
export function deadlineOf(
  event: MigrationEvent,
  audience: Audience,
  since = event.time,
  hold?: QuietSpans,
): number {
  const [from, forMs] = [
    Date.parse(since),
    concernsEnding(event) ? FINAL_DEADLINE_MS : DEADLINE_MS[audience],
  ];
  return hold === undefined ? from + forMs : hold.after(from, forMs);
}

/**
 * Whether an event says that a migration ended, or that it no longer has. Readers of the first must not miss the
 * second.
 */
export function concernsEnding({ type, data: { from, to, group } }: MigrationEvent): boolean {
  const isOfGroup = [type, group?.retracts?.type].some((one) => ENDS_OF_GROUPS.has(one));
  return isOfGroup || [from, to].some((standing) => standing !== undefined && isFinal(standing.phase));
}
