import { defined } from '../../base/defined.ts';
import type { Answer, EventFacts, LookFailure } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import type { Failing, ProjectState, TaskState } from '../model/state.ts';
import { type EventContext, type EventSubject, emit, type Update, withState } from '../model/update.ts';

/** The reason of a failed look. */
export interface Failure {
  readonly reason: LookFailure;
  readonly detail: string;
  /** The answer as codes. */
  readonly answer?: Answer;
}

/** One or two failed looks are noise; this many in a row are announced. */
export const FAILED_LOOKS_UNTIL_ANNOUNCED = 3;

const HOUR = 3_600_000;
/** Intervals of the reminders of failing looks. People who missed the first event still rely on news of changes. */
const REMINDED_AFTER_MS = [1 * HOUR, 6 * HOUR];
const REMINDED_EVERY_MS = 24 * HOUR;

/** A subject whose looks may fail. */
type Failable = TaskState | ProjectState;

/**
 * Counts one more failed look. The third in a row makes one `watch.failing`; reminders follow after an hour, six hours,
 * and each day. Between them the state stays the same until a good look, so that days of failures cost no writes.
 *
 * @returns the same update when the failure is already announced
 */
export function failingAfter<S extends Failable>(
  update: Update<S>,
  failure: Failure,
  subject: EventSubject,
  now: Date,
): Update<S> {
  const { reason, detail, answer } = failure;
  const { state } = update.stream;
  const { failing: before } = state;
  if (before?.announced) return remind(update, before, failure, { subject, now });
  const count = (before?.count ?? 0) + 1;
  const since = before?.since ?? now.toISOString();
  const announced = count >= FAILED_LOOKS_UNTIL_ANNOUNCED;
  const counted = withState(update, { ...state, failing: { reason, detail, count, since, announced } });
  if (!announced) return counted;
  const facts: EventFacts = defined({ reason, detail, answer, looks: count, severity: 'action' });
  return emit(counted, { subject, now }, 'dcs.watch.failing', facts);
}

/** @returns the same update before the next reminder is due */
function remind<S extends Failable>(
  update: Update<S>,
  failing: Failing,
  { reason, detail, answer }: Failure,
  context: EventContext,
): Update<S> {
  const { now } = context;
  const { at, times } = failing.reminded ?? { at: failing.since, times: 0 };
  const waitMs = REMINDED_AFTER_MS[times] ?? REMINDED_EVERY_MS;
  if (now.getTime() - Date.parse(at) < waitMs) return update;
  const { since } = failing;
  const facts: EventFacts = defined({ reason, detail, answer, reminders: times, since, severity: 'action' });
  const reminded = { at: now.toISOString(), times: times + 1 };
  const state = { ...update.stream.state, failing: { ...failing, reminded } };
  return emit(withState(update, state), context, 'dcs.watch.failing', facts);
}

/**
 * Announces that looks no longer fail, if the failure was announced.
 *
 * @param update with a state that no longer fails
 * @param failing the failure that has ended
 */
export function restored<S extends Failable>(
  update: Update<S>,
  failing: Failing | undefined,
  subject: EventSubject,
  now: Date,
): Update<S> {
  if (!failing?.announced) return update;
  const facts = {
    reason: failing.reason,
    detail: en.prose.restored(failing.since),
    since: failing.since,
    severity: 'info',
  } as const;
  return emit(update, { subject, now }, 'dcs.watch.restored', facts);
}
