import { defined } from '../../base/defined.ts';
import type { NotChecked } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { en } from '../../language/en.ts';
import { type Enrichment, unansweredOf, valueIn } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import type { TaskState } from '../model/state.ts';
import { isSwitchOver, meaningOf } from '../model/status.ts';

/** Whether the status reads as a success, whatever is known of an IP switch. */
export function readsAsSuccess({ status }: Observation): boolean {
  return meaningOf({ status }).phase === 'succeeded';
}

/** An end after an IP switch is no good one if that was rolled back. Here nothing has shown, in this run, how it ended. */
function isSwitchOpen({ standing, run }: TaskState): boolean {
  return run?.switchOpen === true || standing?.unchecked === 'rolled back';
}

/** A list that nobody can read is no passing fault. */
export function isLasting(listed: Enrichment['listed']): boolean {
  if (listed?.kind === 'denied') return true;
  if (listed?.kind !== 'failed') return false;
  return listed.isLasting === true || listed.reason === 'unreadable answer' || listed.reason === 'refused';
}

/** The confirmation of a task that reads as a success. */
export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** A deleted task answers like one that succeeded; only the list distinguishes them. */
  | { readonly kind: 'deleted' }
  /** The key may not list, so nothing confirms it. It is announced, as unconfirmed. */
  | { readonly kind: 'unchecked'; readonly unchecked: NotChecked }
  /** Not known this time: nothing is claimed before a few more looks. */
  | { readonly kind: 'open'; readonly unchecked: NotChecked };

/** Whether a good end is one: a success, or a stop after an IP switch. Only a success needs the list. */
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

/** The facts of an end that could not be checked, with their words. */
interface UncheckedFacts {
  readonly unchecked?: string;
  readonly notChecked?: NotChecked;
}

export function uncheckedFacts(unchecked: NotChecked | undefined): UncheckedFacts {
  return unchecked === undefined ? {} : { unchecked: en.prose.notChecked(unchecked), notChecked: unchecked };
}
