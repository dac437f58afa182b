import type { LookFailure } from '../../events/event.ts';
import type { CallName } from '../../events/reason.ts';
import { en } from '../../language/en.ts';
import { type Degraded, type NeighbourCall, newRecord, type WatchRecord } from '../model/state.ts';
import { type Noticed, tell, type Voice } from '../model/update.ts';

/** How the calls of one kind ended in one tick, for one project. */
export type CallOutcome =
  | { readonly kind: 'known' }
  | { readonly kind: 'denied'; readonly detail: string }
  | { readonly kind: 'failed'; readonly reason: LookFailure; readonly detail: string };

export type CallOutcomes = Readonly<Partial<Record<NeighbourCall, CallOutcome>>>;

/** A call that fails once or twice is noise. Logs are read so seldom that their failures are in no row. */
const FAILURES_UNTIL_TOLD = 3;

const CALLS: Readonly<Record<NeighbourCall, CallName>> = {
  list: 'ListMigrationTask',
  stats: 'ShowMigrationTaskStats',
  logs: 'ListMigrationTaskLogs',
};

/**
 * Says once that a neighbouring call does not work, and what is not known because of it. Looks go on without it.
 *
 * @returns what to write into the project's record, or nothing when nothing changed
 */
export function observeCalls(
  record: WatchRecord | undefined,
  outcomes: CallOutcomes,
  voice: Voice,
  now: Date,
): Noticed | undefined {
  const before: Noticed = { record: record ?? newRecord(now), events: [] };
  const calls: readonly NeighbourCall[] = ['list', 'stats', 'logs'];
  const after = calls.reduce((draft, call) => {
    const outcome = outcomes[call];
    return outcome === undefined ? draft : noteCall(draft, call, outcome, voice, now);
  }, before);
  return after === before ? undefined : after;
}

function noteCall(
  draft: Noticed,
  call: NeighbourCall,
  outcome: CallOutcome,
  voice: Voice,
  now: Date,
): Noticed {
  const known = draft.record.degraded?.[call];
  if (outcome.kind === 'known') return known === undefined ? draft : withCall(draft, call, undefined);
  if (known?.announced) return draft;
  const failures = (known?.failures ?? 0) + 1;
  const isInARow = call !== 'logs';
  const isDue = outcome.kind === 'denied' || (isInARow && failures >= FAILURES_UNTIL_TOLD);
  if (!isDue) return isInARow ? withCall(draft, call, { failures, announced: false }) : draft;
  const isDenied = outcome.kind === 'denied';
  const name = CALLS[call];
  const facts = {
    transition: isDenied ? 'call_denied' : 'call_fails',
    call: name,
    reason: isDenied ? 'not authorised' : outcome.reason,
    detail: en.prose.degraded(outcome.detail, name, isDenied),
    severity: 'action',
  } as const;
  return tell(withCall(draft, call, { failures, announced: true }), voice, 'dcs.watch.degraded', facts, now);
}

function withCall(draft: Noticed, call: NeighbourCall, state: Degraded | undefined): Noticed {
  const { degraded = {}, ...rest } = draft.record;
  const { [call]: _before, ...others } = degraded;
  const next = state === undefined ? others : { ...others, [call]: state };
  const isEmpty = Object.keys(next).length === 0;
  return { ...draft, record: isEmpty ? rest : { ...rest, degraded: next } };
}
