import { isFinal } from '../events/phase.ts';
import { GRAVITIES, type Gravity } from '../language/page-words.ts';
import type { TaskStatus } from '../status/status.ts';

/** How much a task needs somebody now. */
export function gravityOf({ severity, failing, phase, readiness }: TaskStatus): Gravity {
  if (severity === 'failure') return 'failed';
  if (failing !== undefined) return 'attention';
  if (readiness.state === 'ready') return 'ready';
  if (severity === 'action') return 'attention';
  if (severity === 'success' || (phase !== undefined && isFinal(phase))) return 'ended';
  return 'under way';
}

/** Tasks by gravity, the gravest first; within one the order stays. */
export function byGravity(tasks: readonly TaskStatus[]): ReadonlyMap<Gravity, readonly TaskStatus[]> {
  return new Map(
    GRAVITIES.map((gravity) => [gravity, tasks.filter((task) => gravityOf(task) === gravity)] as const),
  );
}

/** Behind the name of a class of the style. */
export function classOf(gravity: Gravity): string {
  return gravity === 'under way' ? 'way' : gravity;
}

/** A sign for each, so that none depends on its colour. */
export const SIGNS: Readonly<Record<Gravity, string>> = {
  failed: '✕',
  attention: '!',
  ready: '✓',
  'under way': '›',
  ended: '■',
};
