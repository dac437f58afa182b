import { defined } from '../../base/defined.ts';
import type { Answer, EventFacts } from '../../events/event.ts';
import type { CallName } from '../../events/reason.ts';
import { en } from '../../language/en.ts';
import type { Failure } from '../detect/failing.ts';
import {
  type Degraded,
  type EnrichmentCall,
  newStream,
  type ProjectState,
  type Stream,
} from '../model/state.ts';
import { type EventContext, type EventSubject, emit, type Update, withState } from '../model/update.ts';

/** The outcome of one kind of call in one tick, for one project. */
export type CallOutcome =
  | { readonly kind: 'known' }
  | { readonly kind: 'denied'; readonly detail: string; readonly answer?: Answer }
  | (Failure & { readonly kind: 'failed' });

export type CallOutcomes = Readonly<Partial<Record<EnrichmentCall, CallOutcome>>>;

/** Failures in a row that are announced; one or two are noise. Logs are read too seldom to have a row. */
const FAILURES_UNTIL_ANNOUNCED = 3;

export const CALLS: Readonly<Record<EnrichmentCall, CallName>> = {
  list: 'ListMigrationTask',
  stats: 'ShowMigrationTaskStats',
  logs: 'ListMigrationTaskLogs',
};

/**
 * Announces once that an enrichment call fails, and which facts are unknown because of that. Looks go on without the
 * call.
 *
 * @returns what to write into the project's record, or nothing when nothing changed
 */
export function detectDegraded(
  stream: Stream<ProjectState> | undefined,
  outcomes: CallOutcomes,
  subject: EventSubject,
  now: Date,
): Update<ProjectState> | undefined {
  const before: Update<ProjectState> = { stream: stream ?? newStream<ProjectState>(now, {}), events: [] };
  const calls: readonly EnrichmentCall[] = ['list', 'stats', 'logs'];
  const after = calls.reduce((update, call) => {
    const outcome = outcomes[call];
    return outcome === undefined ? update : noteCall(update, call, outcome, { subject, now });
  }, before);
  return after === before ? undefined : after;
}

function noteCall(
  update: Update<ProjectState>,
  call: EnrichmentCall,
  outcome: CallOutcome,
  context: EventContext,
): Update<ProjectState> {
  const known = update.stream.state.degraded?.[call];
  if (outcome.kind === 'known') return known === undefined ? update : withCall(update, call, undefined);
  if (known?.announced) return update;
  const failures = (known?.failures ?? 0) + 1;
  const isInARow = call !== 'logs';
  const isDue = outcome.kind === 'denied' || (isInARow && failures >= FAILURES_UNTIL_ANNOUNCED);
  if (!isDue) return isInARow ? withCall(update, call, { failures, announced: false }) : update;
  const isDenied = outcome.kind === 'denied';
  const name = CALLS[call];
  const facts: EventFacts = defined({
    transition: isDenied ? 'call_denied' : 'call_fails',
    call: name,
    reason: isDenied ? 'not authorised' : outcome.reason,
    detail: en.prose.degraded(outcome.detail, name, isDenied),
    answer: outcome.answer,
    severity: 'action',
  });
  const announced = withCall(update, call, { failures, announced: true });
  return emit(announced, context, 'dcs.watch.degraded', facts);
}

function withCall(
  update: Update<ProjectState>,
  call: EnrichmentCall,
  state: Degraded | undefined,
): Update<ProjectState> {
  const { degraded = {}, ...rest } = update.stream.state;
  const { [call]: _before, ...others } = degraded;
  const next = state === undefined ? others : { ...others, [call]: state };
  const isEmpty = Object.keys(next).length === 0;
  return withState(update, isEmpty ? rest : { ...rest, degraded: next });
}
