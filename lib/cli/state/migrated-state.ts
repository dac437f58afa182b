import { migratedFindings } from '../../checkup/state/migrated.ts';
import { type StatusParts, statusSource } from '../../runtime/status-source.ts';
import { readStatus } from '../../status/read.ts';
import { StoreError } from '../../store/errors.ts';
import type { StatePlace } from './state-place.ts';

/**
 * No watcher keeps its state where a migration that it watches overwrites it, as far as the state knows the instances.
 *
 * @throws {StoreError} `denied`, where it would
 */
export async function assertNotMigrated({ name, choice }: StatePlace, parts: StatusParts): Promise<void> {
  if (choice.kind !== 'redis') return;
  const { tasks } = await readStatus(await statusSource(parts));
  const migrated = tasks.flatMap(({ id, source, target }) =>
    [source, target].flatMap((place) =>
      place === undefined ? [] : [{ taskId: id, instance: { address: addressesIn(place) } }],
    ),
  );
  const [found] = await migratedFindings(choice, migrated);
  if (found === undefined) return;
  await parts.store.close();
  throw new StoreError('denied', `${name} is no place for the state: ${found.words}. ${found.advice ?? ''}`);
}

/** `redis-prod (10.0.0.1:6379,10.0.0.2:6379)` */
function addressesIn(place: string): string {
  return place.split(/[\s(),]+/).join(',');
}
