import { randomUUID } from 'node:crypto';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import type { Channel } from '../../channels/channel.ts';
import type { WatchRecord } from '../../migration/model/state.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import {
  GROUPS_PARTITION,
  type HeldRecord,
  loadRecord,
  projectPartition,
  WATCHER_KEY,
} from '../../records/records.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import type { LogEntry } from '../../telemetry/log.ts';
import { announcingProject } from '../channel-health.ts';
import { deliver } from '../deliver.ts';
import { hasArrived } from '../outbox/delivery-log.ts';
import { pending } from '../outbox/outbox.ts';
import { needsRevalidation } from '../outbox/revalidation.ts';
import type { PendingDelivery } from '../outbox/types.ts';
import type { DeliverableRecord } from '../record-session.ts';
import { sameChannels } from '../same-channels.ts';
import type { BatchInput } from './batch.ts';
import { loadInventory } from './inventory.ts';
import { type MadeDue, makeDue } from './make-due.ts';
import { openStoredHealth } from './open-health.ts';

export interface RetryInput extends BatchInput {
  /** The projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  /** Only what is owed to this one; absent: to all of them. */
  readonly channel?: string;
}

/**
 * What became of a delivery that was pending: `delivered` · `pending` still · `dead` (refused for good, or over) ·
 * `settled` by another run meanwhile.
 */
export interface Retried extends Pick<PendingDelivery, 'event' | 'channel'> {
  readonly kind: 'delivered' | 'pending' | 'dead' | 'settled';
  /** In words, where there is something to say. */
  readonly why?: string;
}

export interface RetryReport {
  readonly retried: readonly Retried[];
  /** Those of the channels that are broken after it. */
  readonly broken: readonly BrokenChannel[];
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

/** What a record owes to the channels that are meant. */
interface Owing {
  readonly source: DeliverableRecord;
  readonly owed: readonly PendingDelivery[];
}

/**
 * Tries what is pending now, whatever it would have waited for: also where a channel is broken, or asked for a rest. In
 * order, under leases and with acknowledgements, as in a tick; what another run is delivering is left to it.
 *
 * @throws {StoreError}
 */
export async function retry(input: RetryInput): Promise<RetryReport> {
  const { store, clock, projects, patienceMs } = input;
  const meant = new Map([...input.channels].filter(([name]) => [undefined, name].includes(input.channel)));
  const books = await loadInventory(
    store,
    projects.map(({ id }) => id),
  );
  const speaker = announcingProject(projects);
  if (speaker === undefined) return { retried: [], broken: [], problems: books.problems };
  const owing = owingIn(books.records, projects, meant);
  const owner = randomUUID();
  const now = new Date(clock.now());
  const health = await openStoredHealth(speaker, input);
  await health.closeCircuits([...meant.values()], now);

  const made = new Map<Owing, MadeDue>();
  await eachAtMost(AT_ONCE.records, owing, async (one) => {
    const isMeant = (channel: string) => one.owed.some((owed) => owed.channel === channel);
    made.set(one, await makeDue(one.source, { store, owner, now, isMeant }));
  });
  const due = [...made].flatMap(([{ source }, state]): DeliverableRecord[] =>
    state.kind === 'due' ? [{ ...state.held, ...(source.only !== undefined && { only: source.only }) }] : [],
  );
  const over = new Map<string, 'delivered' | 'dead'>();
  const log = (entry: LogEntry): void => {
    noteEnds(entry, over);
    input.log(entry);
  };
  const endsAt = clock.elapsed() + patienceMs;
  // What the other channels are owed, and what is removed, a tick says.
  await deliver(due, { ...input, channels: meant, log, health, endsAt, owner, cancelRemoved: false });

  const retried: Retried[] = [];
  for (const one of owing) retried.push(...(await fatesOf(one, made.get(one), over, input)));
  const broken = health.broken().filter(({ channel }) => meant.has(channel));
  return { retried, broken, problems: books.problems };
}

/** Of projects that are configured no more, what is owed to channels that still lead to the same place. */
function owingIn(
  records: readonly HeldRecord[],
  projects: readonly WatchedProject[],
  channels: ReadonlyMap<string, Channel>,
): Owing[] {
  const configured = new Set([
    ...projects.map(({ id }) => projectPartition(id)),
    GROUPS_PARTITION,
    WATCHER_KEY.partition,
  ]);
  const watcher = records.find(({ key }) => key.partition === WATCHER_KEY.partition);
  return records.flatMap((held) => {
    const { partition } = held.key;
    const only = configured.has(partition)
      ? undefined
      : sameChannels(watcher?.record.partitions?.[partition], channels);
    const owed = pending(held.record).filter(
      ({ channel }) => channels.has(channel) && (only === undefined || only.has(channel)),
    );
    const source = only === undefined ? held : { ...held, only };
    return owed.length === 0 ? [] : [{ source, owed }];
  });
}

function noteEnds(entry: LogEntry, over: Map<string, 'delivered' | 'dead'>): void {
  if (entry.kind === 'dead_letter') over.set(`${entry.eventId} ${entry.channel}`, 'dead');
  if (entry.kind !== 'delivery' || entry.outcome !== 'delivered') return;
  for (const id of entry.eventIds) over.set(`${id} ${entry.channel}`, 'delivered');
}

async function fatesOf(
  { source, owed }: Owing,
  made: MadeDue | undefined,
  over: ReadonlyMap<string, 'delivered' | 'dead'>,
  { store, channels }: Pick<RetryInput, 'store' | 'channels'>,
): Promise<Retried[]> {
  const record = (await loadRecord(store, source.key))?.record;
  const left = new Map((record === undefined ? [] : pending(record)).map((one) => [nameOf(one), one]));
  return owed.map((one): Retried => {
    const { event, channel } = one;
    const still = left.get(nameOf(one));
    if (still !== undefined)
      return { event, channel, kind: 'pending', why: whyPending(one, still, { made, channels }) };
    const kind = over.get(nameOf(one)) ?? (isKnownToHaveArrived(record, one) ? 'delivered' : 'settled');
    return { event, channel, kind };
  });
}

function isKnownToHaveArrived(record: WatchRecord | undefined, { event, channel }: PendingDelivery): boolean {
  return record !== undefined && hasArrived(record, event.id, channel);
}

function nameOf({ event, channel }: Pick<PendingDelivery, 'event' | 'channel'>): string {
  return `${event.id} ${channel}`;
}

function whyPending(
  before: PendingDelivery,
  still: PendingDelivery,
  { made, channels }: { readonly made: MadeDue | undefined } & Pick<RetryInput, 'channels'>,
): string {
  if (made?.kind === 'leased') return `another run is delivering from its record, until ${made.until}`;
  if (made?.kind === 'busy') return 'other runs keep writing its record; run this again';
  const { attempts, history } = still.delivery;
  const last = history.at(-1);
  if (attempts > before.delivery.attempts && last !== undefined) return last.reason;
  const isForProgram = channels.get(before.channel)?.audience === 'programs';
  return isForProgram && needsRevalidation(still.event)
    ? 'it is looked at again before it is sent: the next tick does that'
    : 'not tried: an earlier delivery of its task, or its channel, is held up';
}
