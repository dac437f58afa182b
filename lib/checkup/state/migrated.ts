import type { Instance } from '../../migration/model/observation.ts';
import type { StoreChoice } from '../../store/index.ts';
import { stateInstanceMatcher } from '../../store/redis/state-instance.ts';
import { type Finding, problem } from '../finding.ts';

/** A side of a watched task: its data is overwritten, or its address moves to the other side. */
export interface MigratedInstance {
  readonly taskId: string;
  readonly instance: Instance;
}

/** A problem where the state is in a Redis that takes part in a migration, by its name or by its IP address. */
export async function migratedFindings(
  choice: StoreChoice,
  migrated: readonly MigratedInstance[],
): Promise<Finding[]> {
  if (choice.kind !== 'redis') return [];
  const isOurs = await stateInstanceMatcher(choice);
  const task = migrated.find(({ instance }) => isOurs(instance));
  if (task === undefined) return [];
  const words = `it takes part in the migration ${task.taskId}, which overwrites it or moves its address`;
  return [problem('instance', { words, advice: 'Keep the state in another Redis, or elsewhere.' })];
}
