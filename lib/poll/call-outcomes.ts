import type { Answer } from '../migration/model/enrichment.ts';
import type { LookResult } from '../migration/model/observation.ts';
import type { NeighbourCall } from '../migration/model/state.ts';
import type { CallOutcome, CallOutcomes } from '../migration/project/degraded.ts';

/** How one call beside the looks ended. */
export interface NeighbourAnswer {
  readonly call: NeighbourCall;
  readonly answer: Answer<unknown>;
}

/**
 * How the calls of each kind ended in one pass; absent where none was made.
 *
 * @param calls for single tasks
 * @param list the answer of the list, if it was read
 */
export function outcomesOf(
  calls: readonly NeighbourAnswer[],
  list: Answer<unknown> | undefined,
): CallOutcomes {
  const of = (call: NeighbourCall) => calls.filter((one) => one.call === call).map(({ answer }) => answer);
  const entries = {
    list: outcomeOf(list === undefined ? [] : [list]),
    stats: outcomeOf(of('stats')),
    logs: outcomeOf(of('logs')),
  };
  return {
    ...(entries.list !== undefined && { list: entries.list }),
    ...(entries.stats !== undefined && { stats: entries.stats }),
    ...(entries.logs !== undefined && { logs: entries.logs }),
  };
}

/** A call that worked for one task may be made: what others met is their own. */
function outcomeOf(answers: readonly Answer<unknown>[]): CallOutcome | undefined {
  if (answers.some(({ kind }) => kind === 'known')) return { kind: 'known' };
  const denied = answers.find((answer) => answer.kind === 'denied');
  if (denied !== undefined) return { kind: 'denied', detail: denied.detail };
  const failed = answers.find((answer) => answer.kind === 'failed');
  return failed === undefined ? undefined : { kind: 'failed', reason: failed.reason, detail: failed.detail };
}

/** Rests that the endpoint asked for in answer to one of these calls. */
export function restsAsked(
  calls: readonly NeighbourAnswer[],
  list: Answer<unknown> | undefined,
): LookResult[] {
  return [...calls.map(({ answer }) => answer), list].flatMap((answer) =>
    answer?.kind === 'failed' && answer.restMs !== undefined ? [answer] : [],
  );
}

/** Reading the list is a look at the project: it shows that the key is taken, or fails like one. */
export function asLook(list: Answer<unknown> | undefined): LookResult | undefined {
  switch (list?.kind) {
    case 'known':
    case 'denied':
      return { kind: 'seen' };
    case 'failed':
      return list;
    default:
      return undefined;
  }
}

/**
 * Reading the list as a look for tasks that nobody names: without the right to it none is found, though the key is taken.
 */
export function asDiscovery(list: Answer<unknown> | undefined): LookResult | undefined {
  switch (list?.kind) {
    case 'denied':
      return { ...list, kind: 'failed', reason: 'not authorised' };
    case 'skipped':
      return list;
    default:
      return asLook(list);
  }
}
