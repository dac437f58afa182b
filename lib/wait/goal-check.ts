import type { LastFigures, Standing } from '../events/event.ts';
import { canonicalStatus, isFinal, type Phase } from '../events/phase.ts';
import { isLasting } from '../migration/detect/confirmation.ts';
import type { Enrichment } from '../migration/model/enrichment.ts';
import type { TaskState } from '../migration/model/state.ts';
import type { Goal } from './goals.ts';

/** Whether a wait is over, as the state of the task shows it after a look. */
export type GoalCheck =
  | { readonly kind: 'reached'; readonly goal: Goal }
  /** Another end; why it is none of the goals, in words. */
  | { readonly kind: 'over'; readonly words: string }
  | { readonly kind: 'open' };

const OPEN: GoalCheck = { kind: 'open' };

/** Facts of the last look besides the state. */
export interface LastLook {
  /** Phases that began and ended between it and the look before. */
  readonly passed: readonly Phase[];
  /** The task's entry in the list, where that was asked for. */
  readonly listed: Enrichment['listed'];
}

/**
 * Decides by what detection made of the looks, never by the raw status: a success that nobody could confirm, or that left the
 * target behind, is not `succeeded`.
 */
export function checkGoals(goals: readonly Goal[], task: TaskState, { passed, listed }: LastLook): GoalCheck {
  const { standing } = task;
  if (standing === undefined) return OPEN;
  const goal = goals.find((one) => isReached(one, task, standing, passed));
  if (goal !== undefined) return { kind: 'reached', goal };
  if (!isFinal(standing.phase) || mayFollow(goals, standing.phase)) return OPEN;
  // A list that cannot be read for a while may confirm the success yet.
  if (standing.unchecked === 'deleted' && !isLasting(listed)) return OPEN;
  return { kind: 'over', words: endWords(standing, task.ending) };
}

function isReached(goal: Goal, task: TaskState, standing: Standing, passed: readonly Phase[]): boolean {
  switch (goal.kind) {
    case 'ready':
      return task.run?.ready?.announced !== undefined;
    case 'phase':
      if (passed.includes(goal.word)) return true;
      return standing.phase === goal.word && (goal.word !== 'succeeded' || isGoodEnd(standing, task.ending));
    case 'status': {
      if (task.observation?.taskStatus === goal.word) return true;
      return canonicalStatus(standing.status) === goal.word && standing.unchecked !== 'deleted';
    }
  }
}

function isGoodEnd({ unchecked }: Standing, ending: LastFigures | undefined): boolean {
  return unchecked === undefined && (ending === undefined || ending.state === 'in step');
}

/** Goals that come after other ends: a task that has ended is released, or deleted. */
const AFTER_ENDS: ReadonlyMap<string, number> = new Map([
  ['released', 1],
  ['RELEASED', 1],
  ['gone', 2],
  ['DELETED', 2],
]);

function mayFollow(goals: readonly Goal[], phase: Phase): boolean {
  const reachedRank = AFTER_ENDS.get(phase) ?? 0;
  const ranks = goals.map(({ word }) => AFTER_ENDS.get(word) ?? 0);
  return ranks.every((rank) => rank > 0) && ranks.some((rank) => rank > reachedRank);
}

function endWords({ status, phase, unchecked }: Standing, ending: LastFigures | undefined): string {
  const end = `it ended as ${phase} (${status})`;
  if (unchecked === 'deleted') {
    return `${end}, but a deleted task reads the same, and the list of tasks could not be read to tell them apart`;
  }
  if (unchecked !== undefined) return `${end}, but nothing shows whether its IP switch was rolled back`;
  return ending === undefined || ending.state === 'in step'
    ? end
    : `${end}, and its target was not shown to be in step: ${ending.words}`;
}
