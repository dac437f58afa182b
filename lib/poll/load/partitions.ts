import { isDeepStrictEqual } from 'node:util';
import { count } from '../../base/text.ts';
import { pending } from '../../delivery/outbox/outbox.ts';
import { GROUPS_PARTITION, WATCHER_KEY } from '../../records/keys.ts';
import { loadWatcher, type PartitionRecords } from '../../records/partition.ts';
import { newRecord, type WatcherState } from '../../records/record.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import { type ConfigurationClaims, claimed, type PartitionClaim } from './claims.ts';
import { configuredPartitions, type TickRecords } from './tick-records.ts';

/** Each try reads anew what another tick wrote meanwhile. */
const MAX_TRIES = 3;

/** Partitions that the configuration no longer has, and that still have pending deliveries. */
type Pending = readonly (readonly [partition: string, records: PartitionRecords])[];

/**
 * Registers each partition with its channels before any delivery is pending there, so that removing a project from the
 * configuration cancels nothing. A removed partition is forgotten once nothing is pending there.
 *
 * @returns the records as they are known now
 * @throws {StoreError} when another tick was faster and the store cannot be read again
 */
export async function registerPartitions(
  known: TickRecords,
  commit: Commit,
  context: TickContext,
): Promise<TickRecords> {
  const stillPending = [...known.removed].filter(([, records]) => pendingIn(records, () => true) > 0);
  reportRemoved(stillPending, context);
  let newest = known;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    await writePartitions(newest, stillPending, commit, context);
    if (!newest.watcher.isOutdated()) return newest;
    newest = { ...newest, watcher: await loadWatcher(context.store) };
  }
  context.stats.failedRecords += 1;
  const message =
    'the list of records with pending deliveries was not saved, because other runs kept changing it; the next tick tries again';
  context.log({ kind: 'problem', message });
  return newest;
}

function reportRemoved(removed: Pending, { channels, log }: TickContext): void {
  for (const [partition, records] of removed) {
    const pending = pendingIn(records, (channel) => channels.has(channel));
    if (pending === 0) continue;
    const deliveries = count(pending, 'delivery', 'deliveries');
    const message = `${nameOf(partition)} no longer configured; what is pending from there is still sent: ${deliveries}`;
    log({ kind: 'notice', message });
  }
}

/** Begins a sentence about a partition that is no longer configured. */
function nameOf(partition: string): string {
  return partition === GROUPS_PARTITION ? 'groups are' : `${partition.replace(':', ' ')} is`;
}

function pendingIn(records: PartitionRecords, isMeant: (channel: string) => boolean): number {
  return records
    .all()
    .reduce((sum, { record }) => sum + pending(record).filter(({ channel }) => isMeant(channel)).length, 0);
}

async function writePartitions(
  known: TickRecords,
  stillPending: Pending,
  commit: Commit,
  { channels, loadedAt, clock }: TickContext,
): Promise<void> {
  const now = new Date(clock.now());
  const record = known.watcher.find(WATCHER_KEY.id) ?? newRecord(now);
  const ours = { channels: [...channels.keys()].toSorted(), loadedAt };
  const { partitions = {}, claims = {} } = record.state;
  const next = register(record.state, known, { stillPending, ours, now });
  if (isDeepStrictEqual({ partitions, claims }, next)) return;
  await commit(
    WATCHER_KEY.id,
    { stream: { ...record, state: { ...record.state, ...next } }, events: [] },
    known.watcher,
  );
}

interface Registration {
  readonly stillPending: Pending;
  readonly ours: ConfigurationClaims;
  readonly now: Date;
}

interface Registered {
  readonly partitions: NonNullable<WatcherState['partitions']>;
  readonly claims: NonNullable<WatcherState['claims']>;
}

/** The partitions, and the claims on them, that the record of the whole configuration is to name. */
function register(
  { partitions: before = {}, claims = {} }: WatcherState,
  known: TickRecords,
  { stillPending, ours, now }: Registration,
): Registered {
  const kept: (readonly [string, PartitionClaim])[] = [
    // Partitions that another tick added meanwhile: this tick has not read their records.
    ...Object.keys(before).filter((partition) => !known.removed.has(partition)),
  ].map((partition) => [partition, { channels: before[partition], claim: claims[partition] }]);
  const named = [
    ...stillPending.map(([partition]) => partition),
    ...configuredPartitions(known.byProject, known.groups),
  ];
  const renewed = named.map((partition): readonly [string, PartitionClaim] => [
    partition,
    claimed({ channels: before[partition], claim: claims[partition] }, ours, now),
  ]);
  const all = [...kept, ...renewed];
  return {
    partitions: Object.fromEntries(all.map(([partition, { channels = [] }]) => [partition, channels])),
    claims: Object.fromEntries(
      all.flatMap(([partition, { claim }]) => (claim === undefined ? [] : [[partition, claim] as const])),
    ),
  };
}
