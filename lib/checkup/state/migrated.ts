import { lookup } from 'node:dns/promises';
import type { Instance } from '../../migration/model/observation.ts';
import type { StoreChoice } from '../../store/index.ts';
import { redisAddress } from '../../store/redis/address.ts';
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
  const own = await placesOf(choice.url.reveal());
  const task = migrated.find(({ instance }) =>
    instance.address?.split(',').some((one) => own.has(one.trim())),
  );
  if (task === undefined) return [];
  const words = `it takes part in the migration ${task.taskId}, which overwrites it or moves its address`;
  return [problem('instance', { words, advice: 'Keep the state in another Redis, or elsewhere.' })];
}

async function placesOf(url: string): Promise<Set<string>> {
  const { host, port } = redisAddress(url);
  const found = await lookup(host, { all: true }).catch(() => []);
  return new Set([host, ...found.map(({ address }) => address)].map((one) => `${one}:${port}`));
}
