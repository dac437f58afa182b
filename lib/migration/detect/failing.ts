import { defined } from '../../base/defined.ts';
import type { Answer, EventFacts, LookFailure } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import type { Failing, ProjectState, TaskState } from '../model/state.ts';
import { type EventContext, type EventSubject, emit, type Update, withState } from '../model/update.ts';

/** Why a look failed. */
export interface Failure {
  readonly reason: LookFailure;
  readonly detail: string;
  /** The answer as codes. */
  readonly answer?: Answer;
}

/** One or two failed looks are noise; this many in a row are announced. */
export const FAILED_LOOKS_UNTIL_ANNOUNCED = 3;

const HOUR = 3_600_000;
/** Failing looks are announced again and again: people who missed the first word bet on hearing of changes. */
const REMINDED_AFTER_MS = [1 * HOUR, 6 * HOUR];
const REMINDED_EVERY_MS = 24 * HOUR;

/** A task, or a project: looks at it may fail. */
type Failable = TaskState | ProjectState;

/**
 * Counts one more failed look. The third in a row makes one `watch.failing`, and there is a reminder after an hour, six
 * hours, and each day; in between nothing changes until a good look, so a task that fails for days costs no writes.
 *
 * @returns the same update when it was announced already
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

/** @returns the same update before it is time */
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
 * Announces that looks fail no more, if it was announced that they do.
 *
 * @param update its state no longer fails
 * @param failing as it was
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
