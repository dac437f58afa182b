import type { Clock } from '../../base/time/clock.ts';
import { requestsPerLook } from '../../migration/detect/enrich.ts';
import { isDormant } from '../../migration/schedule.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { LimitedEntry, Quotas } from '../pass/pass.ts';

/** The time that a tick has. */
export interface TickTime {
  readonly clock: Clock;
  /** By {@link Clock.elapsed}. */
  readonly nextTickAt: number;
}

/** Retries and slow answers use up the rest of the rate. */
const SHARE_OF_RATE = 0.8;
/** For fewer tasks, reading the list costs as many requests as the looks. */
const FEW_TASKS = 5;

/**
 * Shares the permitted rate of requests among the entries that use the same endpoint with the same key.
 *
 * @param byProject the entries of the configuration, by the records of their project
 * @param lookUntil when looks must be over, by {@link Clock.elapsed}
 * @returns nothing for an entry whose tasks can all be looked at before the next tick begins
 */
export function quotasOf(
  byProject: ReadonlyMap<PartitionRecords, readonly LimitedEntry[]>,
  lookUntil: number,
  { clock, nextTickAt }: TickTime,
): Quotas {
  const startsAt = clock.elapsed();
  const now = new Date(clock.now());
  const demands = [...byProject].flatMap(([records, entries]) =>
    entries.map((entry) => ({ entry, ...demandOf(entry, records, now) })),
  );
  const byAccess = Map.groupBy(demands, ({ entry }) => entry.endpointFingerprint);
  const quotas = [...byAccess.values()].flatMap((sharing) => {
    const wanted = sharing.reduce((sum, { requests }) => sum + requests, 0);
    const allowed = Math.min(
      ...sharing.map(({ entry: { pace } }) => {
        const lastStart = Math.min(lookUntil - pace.timeoutMs, nextTickAt);
        return (Math.max(0, lastStart - startsAt) / 1000) * pace.requestsPerSecond;
      }),
    );
    if (wanted <= allowed) return [];
    const share = (allowed * SHARE_OF_RATE) / wanted;
    return sharing
      .filter(({ tasks }) => tasks >= FEW_TASKS)
      .map(({ entry, requests }): [LimitedEntry, number] => [entry, requests * share]);
  });
  return new Map(quotas);
}

interface Demand {
  readonly tasks: number;
  readonly requests: number;
}

/** The number of requests for a look at every task of an entry. Tasks discovered in this tick are not known yet. */
function demandOf({ watches, discover, name }: LimitedEntry, records: PartitionRecords, now: Date): Demand {
  const named = watches.map(({ taskId }) => records.find(taskRecordId(taskId))?.state);
  const found =
    discover === undefined
      ? []
      : records
          .tasks()
          .map(({ record }) => record.state)
          .filter(({ discoveredBy }) => discoveredBy === name);
  const due = [...named, ...found].filter((task) => task === undefined || !isDormant(task, now));
  return { tasks: due.length, requests: due.reduce((sum, task) => sum + requestsPerLook(task), 0) };
}
