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
 * @returns what to write, or nothing when it was announced already.
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
  const announced = count >= FAILED_LOOKS_UNTIL_ANNOUNCED;
  const failing: Failing = { reason, detail, count, since, announced };
  if (!announced) return { record: { ...rest, failing }, events: [] };

  const facts = { reason, detail, looks: count, severity: 'action' } as const;
  const update = { record: { ...rest, failing }, events: [] };
  return emit(update, { subject, now }, 'dcs.watch.failing', facts);
}

/** @returns nothing before it is time */
function remind(
  record: WatchRecord,
  failing: Failing,
  { reason, detail }: Failure,
  context: EventContext,
): Update | undefined {
  const { now } = context;
  const { at, times } = failing.reminded ?? { at: failing.since, times: 0 };
  const waitMs = REMINDED_AFTER_MS[times] ?? REMINDED_EVERY_MS;
  if (now.getTime() - Date.parse(at) < waitMs) return undefined;
  const facts = { reason, detail, reminders: times, since: failing.since, severity: 'action' } as const;
  const reminded = { at: now.toISOString(), times: times + 1 };
  const update = { record: { ...record, failing: { ...failing, reminded } }, events: [] };
  return emit(update, context, 'dcs.watch.failing', facts);
}

/** A good look ends failing; only failing that was announced is also announced to be over. */
export function restored(record: WatchRecord, subject: EventSubject, now: Date): Update {
  const { failing, ...rest } = record;
  if (!failing?.announced) return { record: rest, events: [] };

  const facts = {
    reason: failing.reason,
    detail: en.prose.restored(failing.since),
    since: failing.since,
    severity: 'info',
  } as const;
  return emit({ record: rest, events: [] }, { subject, now }, 'dcs.watch.restored', facts);
}
