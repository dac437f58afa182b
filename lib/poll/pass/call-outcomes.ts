import { defined } from '../../base/defined.ts';
import type { CallResult } from '../../migration/model/enrichment.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import type { EnrichmentCall } from '../../migration/model/state.ts';
import type { CallOutcome, CallOutcomes } from '../../migration/project/degraded.ts';
import type { CallAnswer, EntryPass, TaskLook } from './pass.ts';

/** The outcome of each kind of call in one pass over a project; absent where no call was made. */
export function outcomesOf(entries: readonly EntryPass[]): CallOutcomes {
  const of = (call: EnrichmentCall) => worstOf(entries.map((entry) => outcomeOf(answersTo(call, entry))));
  return defined({ list: of('list'), stats: of('stats'), logs: of('logs') });
}

function answersTo(call: EnrichmentCall, { calls, taskList }: EntryPass): CallResult<unknown>[] {
  const list = taskList.outcome();
  if (call === 'list') return list === undefined ? [] : [list];
  return calls.filter((one) => one.call === call).map(({ answer }) => answer);
}

/** One success shows that the key has the right to the call: failures for other tasks are their own. */
function outcomeOf(answers: readonly CallResult<unknown>[]): CallOutcome | undefined {
  if (answers.some(({ kind }) => kind === 'known')) return { kind: 'known' };
  const denied = answers.find((answer) => answer.kind === 'denied');
  if (denied !== undefined)
    return defined({ kind: 'denied' as const, detail: denied.detail, answer: denied.answer });
  const failed = answers.find((answer) => answer.kind === 'failed');
  if (failed === undefined) return undefined;
  const { reason, detail, answer } = failed;
  return defined({ kind: 'failed' as const, reason, detail, answer });
}

/** Entries may have different keys: a call that works with one of them may fail with another. */
function worstOf(outcomes: readonly (CallOutcome | undefined)[]): CallOutcome | undefined {
  const of = (wanted: CallOutcome['kind']) => outcomes.find((one) => one?.kind === wanted);
  return of('denied') ?? of('failed') ?? of('known');
}

/** Answers to these calls in which the endpoint asked for a cooldown. */
export function cooldownsAsked(
  calls: readonly CallAnswer[],
  list: CallResult<unknown> | undefined,
): LookResult[] {
  return [...calls.map(({ answer }) => answer), list].flatMap((answer) =>
    answer?.kind === 'failed' && answer.cooldownMs !== undefined ? [answer] : [],
  );
}

/** Reading the list is a look at the project: it shows that the key is accepted, or fails like a look. */
export function asLook(list: CallResult<unknown> | undefined): LookResult | undefined {
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

/** Reading the list as a discovery: without the right to the list no task is found. */
export function asDiscovery(list: CallResult<unknown> | undefined): LookResult | undefined {
  switch (list?.kind) {
    case 'denied':
      return { ...list, kind: 'failed', reason: 'not authorised' };
    case 'skipped':
      return list;
    default:
      return asLook(list);
  }
}

/** The reading of the list as a look of a discovering entry. A further pass reads no list. */
export function listLook({ project, taskList, earlier }: EntryPass): LookResult | undefined {
  const isRead = earlier === undefined && project.discover !== undefined;
  return isRead ? asDiscovery(taskList.outcome()) : undefined;
}

/** Every look of an entry, the reading of the list included. */
export function everyLook(looks: readonly TaskLook[], entry: EntryPass): LookResult[] {
  const list = listLook(entry);
  return [...looks.map(({ look }) => look), ...(list === undefined ? [] : [list])];
}
