import { defined } from '../../base/defined.ts';
import type { NotChecked } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { en } from '../../language/en.ts';
import { type Enrichment, unansweredOf, valueIn } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import type { TaskState } from '../model/state.ts';
import { isSwitchOver, meaningOf } from '../model/status.ts';

/** Whether the status alone reads as a success, without regard to an IP switch. */
export function readsAsSuccess({ status }: Observation): boolean {
  return meaningOf({ status }).phase === 'succeeded';
}

/** Whether no look of this run has shown how an IP switch ended. A roll-back would make a success none. */
function isSwitchOpen({ standing, run }: TaskState): boolean {
  return run?.switchOpen === true || standing?.unchecked === 'rolled back';
}

/** Whether the list stays unreadable: other faults pass. */
export function isLasting(listed: Enrichment['listed']): boolean {
  if (listed?.kind === 'denied') return true;
  if (listed?.kind !== 'failed') return false;
  return listed.isLasting === true || listed.reason === 'unreadable answer' || listed.reason === 'refused';
}

/** The result of checking a task that reads as a success. */
export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** The list lacks the task. ShowMigrationTask answers alike for a deleted task and a successful one. */
  | { readonly kind: 'deleted' }
  /** The key lacks the right to the list, so the success is announced as unconfirmed. */
  | { readonly kind: 'unchecked'; readonly unchecked: NotChecked }
  /** This look could not tell. Nothing is announced before a few more looks. */
  | { readonly kind: 'open'; readonly unchecked: NotChecked };

/** Checks a good end: a success, or a stop after an IP switch. Only a success needs the list. */
export function confirmationOf(
  observation: Observation,
  phase: Phase,
  { listed }: Enrichment,
  task: TaskState,
): Confirmation {
  const isSuccess = readsAsSuccess(observation);
  if (isSuccess && valueIn(listed) === 'absent') return { kind: 'deleted' };
  const isUnlisted = isSuccess && phase === 'succeeded' && listed?.kind !== 'known';
  const kind = isUnlisted && !isLasting(listed) ? 'open' : 'unchecked';
  const isEnd = phase === 'succeeded' || phase === 'stopped' || phase === 'released';
  if (isEnd && !isSwitchOver(observation.taskStatus) && isSwitchOpen(task)) {
    return { kind, unchecked: { what: 'rolled back' } };
  }
  if (listed?.kind === 'known' || !isUnlisted) return { kind: 'confirmed' };
  const { why: list, failure } = unansweredOf(listed);
  return { kind, unchecked: defined({ what: 'deleted', list, failure }) };
}

/** Facts of an unconfirmed end, with their words. */
interface UncheckedFacts {
  readonly unchecked?: string;
  readonly notChecked?: NotChecked;
}

export function uncheckedFacts(unchecked: NotChecked | undefined): UncheckedFacts {
  return unchecked === undefined ? {} : { unchecked: en.prose.notChecked(unchecked), notChecked: unchecked };
}
