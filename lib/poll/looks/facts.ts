import type { ProjectFacts } from '../../migration/model/enrichment.ts';
import type { Watch } from '../../migration/model/watch.ts';
import type { EntryPass } from '../pass/pass.ts';

/**
 * The facts of the project that matter for the events of one task. A task has its own time of the last look where a
 * pass does not look at every task.
 */
export function factsFor({ taskId }: Watch, { facts, quota, pass }: EntryPass): ProjectFacts {
  const own = quota === undefined ? undefined : pass.summary.find(taskId);
  if (own === undefined || own.lookedAt === 0) return facts;
  const lookedAt = new Date(own.lookedAt * 1000).toISOString();
  return facts.lookedAt !== undefined && facts.lookedAt > lookedAt ? facts : { ...facts, lookedAt };
}
