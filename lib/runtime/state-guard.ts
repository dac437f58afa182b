import type { StateGuard } from '../poll/context.ts';
import { StoreError } from '../store/errors.ts';
import type { StoreChoice } from '../store/index.ts';

/** The guard of a state in a Redis. No other store can be the source or target of a migration. */
export async function stateGuard(choice: StoreChoice): Promise<StateGuard | undefined> {
  if (choice.kind !== 'redis') return undefined;
  const { stateInstanceMatcher } = await import('../store/redis/state-instance.ts');
  const isOurs = await stateInstanceMatcher(choice);
  return (taskId, instance) => {
    if (!isOurs(instance)) return;
    throw new StoreError(
      'denied',
      `The Redis of the state takes part in the migration ${taskId}, which overwrites it or moves its address: keep the state in another Redis, or elsewhere. (If that is another instance at the same address of another network, give the Redis of the state another address.)`,
    );
  };
}
