import type { LookFailure } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import type { Failing, WatchRecord } from '../model/state.ts';
import { type EventContext, type EventSubject, emit, type Update } from '../model/update.ts';

/** Why a look failed. */
export interface Failure {
  readonly reason: LookFailure;
  readonly detail: string;
}

/** One or two failed looks are noise; this many in a row are told. */
export const FAILED_LOOKS_UNTIL_ANNOUNCED = 3;

const HOUR = 3_600_000;
/** Failing looks are announced again and again: people who missed the first word bet on hearing of changes. */
const REMINDED_AFTER_MS = [1 * HOUR, 6 * HOUR];
const REMINDED_EVERY_MS = 24 * HOUR;

/**
 * Counts one more failed look. The third in a row makes one `watch.failing`, and there is a reminder after an hour, six
 * hours, and each day; in between nothing changes until a good look, so a task that fails for days costs no writes.
 * Missing looks before it are no longer in a row.
 *
 * @returns what to write, or nothing when it is told already.
 */
export function failingAfter(
  record: WatchRecord,
  failure: Failure,
  subject: EventSubject,
  now: Date,
): Update | undefined {
  const { reason, detail } = failure;
  const { missing, ...rest } = record;
  if (record.failing?.announced) {
    const reminder = remind(rest, record.failing, failure, { subject, now });
    return reminder ?? (missing === undefined ? undefined : { record: rest, events: [] });
  }

  const count = (record.failing?.count ?? 0) + 1;
  const since = record.failing?.since ?? now.toISOString();
  const told = count >= FAILED_LOOKS_UNTIL_ANNOUNCED;
  const trouble: Failing = { reason, detail, count, since, announced: told };
  if (!told) return { record: { ...rest, failing: trouble }, events: [] };

  const failing = {
    reason,
    detail,
    looks: count,
    severity: 'action',
  } as const;
  const update = { record: { ...rest, failing: trouble }, events: [] };
  return emit(update, { subject, now }, 'dcs.watch.failing', failing);
}

/** @returns nothing before it is time */
function remind(
  record: WatchRecord,
  trouble: Failing,
  { reason, detail }: Failure,
  { subject, now }: EventContext,
): Update | undefined {
  const { at, times } = trouble.reminded ?? { at: trouble.since, times: 0 };
  const waitMs = REMINDED_AFTER_MS[times] ?? REMINDED_EVERY_MS;
  if (now.getTime() - Date.parse(at) < waitMs) return undefined;
  const failing = {
    reason,
    detail,
    reminders: times,
    since: trouble.since,
    severity: 'action',
  } as const;
  const reminded = { at: now.toISOString(), times: times + 1 };
  const update = { record: { ...record, failing: { ...trouble, reminded } }, events: [] };
  return emit(update, { subject, now }, 'dcs.watch.failing', failing);
}

/** A good look ends the trouble; only trouble that was told is also told to be over. */
export function restored(record: WatchRecord, subject: EventSubject, now: Date): Update {
  const { failing, ...rest } = record;
  if (!failing?.announced) return { record: rest, events: [] };

  const restored = {
    reason: failing.reason,
    detail: en.prose.restored(failing.since),
    since: failing.since,
    severity: 'info',
  } as const;
  return emit({ record: rest, events: [] }, { subject, now }, 'dcs.watch.restored', restored);
}
