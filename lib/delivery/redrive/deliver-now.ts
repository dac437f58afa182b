import type { Channel } from '../../channels/channel.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import { WATCHER_KEY } from '../../records/keys.ts';
import { newRecord } from '../../records/record.ts';
import { type HeldRecord, loadRecord } from '../../records/records.ts';
import type { LogEntry } from '../../telemetry/log.ts';
import { deliver } from '../deliver.ts';
import { type ChannelHealth, openChannelHealth } from '../health/channel-health.ts';
import { withMutes } from '../mutes.ts';
import { deliveryName } from '../outbox/outbox.ts';
import type { RedriveContext } from './context.ts';

/**
 * The health of the channels as it is stored now.
 *
 * @param project the project in whose name broken channels are announced
 * @throws {StoreError}
 */
export async function openStoredHealth(
  project: WatchedProject,
  { store, log, channels, clock }: RedriveContext,
): Promise<ChannelHealth> {
  const empty = { key: WATCHER_KEY, rev: 0, nonce: undefined, record: newRecord(new Date(clock.now())) };
  const held = (await loadRecord(store, WATCHER_KEY)) ?? empty;
  return openChannelHealth({ store, log, channels, held, project });
}

/**
 * The context with the mutes that are stored now.
 *
 * @throws {StoreError}
 */
export async function withStoredMutes(context: RedriveContext): Promise<RedriveContext> {
  const { store, channels, groups, clock } = context;
  const record = (await loadRecord(store, WATCHER_KEY))?.record;
  return { ...context, channels: withMutes({ channels, record, groups, now: new Date(clock.now()) }) };
}

/** The ends of deliveries in this run, by their names. */
export type DeliveryEnds = ReadonlyMap<string, 'delivered' | 'dead'>;

interface Sending {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly health: ChannelHealth;
  /** Names this run in leases. */
  readonly owner: string;
}

/** Delivers what is due from these records, as in a tick. */
export async function deliverNow(
  records: readonly HeldRecord[],
  { channels, health, owner }: Sending,
  { store, clock, random, log, budgetMs }: RedriveContext,
): Promise<DeliveryEnds> {
  const ends = new Map<string, 'delivered' | 'dead'>();
  await deliver(records, {
    store,
    channels,
    health,
    clock,
    random,
    owner,
    log: (entry) => {
      noteEnds(entry, ends);
      log(entry);
    },
    endsAt: clock.elapsed() + budgetMs,
    // A redrive may run with a part of the configuration, so only a tick cancels deliveries to removed channels.
    cancelRemoved: false,
  });
  return ends;
}

function noteEnds(entry: LogEntry, ends: Map<string, 'delivered' | 'dead'>): void {
  if (entry.kind === 'dead_letter') ends.set(deliveryName(entry.eventId, entry.channel), 'dead');
  if (entry.kind !== 'delivery' || entry.outcome !== 'delivered') return;
  for (const id of entry.eventIds) ends.set(deliveryName(id, entry.channel), 'delivered');
}
