import { randomUUID } from 'node:crypto';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { defined } from '../../base/defined.ts';
import type { Channel } from '../../channels/channel.ts';
import type { MutableEvent, MutedTime } from '../../channels/mutes.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { StoredRecord } from '../../records/record.ts';
import { type HeldRecord, loadRecord } from '../../records/records.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import { announcingProject } from '../health/channel-health.ts';
import { deliveryName, pending } from '../outbox/outbox.ts';
import { hasArrived } from '../outbox/outcome/delivery-log.ts';
import { needsRevalidation } from '../outbox/revalidation.ts';
import type { PendingDelivery } from '../outbox/types.ts';
import type { RedriveContext } from './context.ts';
import { type DeliveryEnds, deliverNow, openStoredHealth, withStoredMutes } from './deliver-now.ts';
import { loadInventory } from './inventory.ts';
import { type DueResult, makeDue } from './make-due.ts';

export interface RetryInput extends RedriveContext {
  /** The only channel to deliver to; absent: all channels. */
  readonly channel?: string;
}

/**
 * The result for a delivery that was pending: `delivered` · `pending` still · `dead` (refused for good, or past its
 * deadline) · `settled` by another run meanwhile.
 */
export interface RetryResult {
  readonly event: MigrationEvent;
  readonly channel: string;
  readonly kind: 'delivered' | 'pending' | 'dead' | 'settled';
  /** In words, where there is something to say. */
  readonly why?: string;
}

export interface RetryReport {
  readonly retried: readonly RetryResult[];
  /** The selected channels that are broken after the retry. */
  readonly broken: readonly BrokenChannel[];
  /** Records and dead letters that could not be read, one line each. */
  readonly problems: readonly string[];
}

/** Pending deliveries of one record to the selected channels. */
interface PendingRecord {
  readonly held: HeldRecord;
  readonly deliveries: readonly PendingDelivery[];
}

type Channels = ReadonlyMap<string, Channel>;
type Due = ReadonlyMap<PendingRecord, DueResult>;

/**
 * Sends pending deliveries at once, even if a back-off, an open circuit, quiet hours or a mute would hold them. As in a
 * tick, it sends in order, under leases and with acknowledgements, and leaves alone what another run is delivering.
 *
 * @throws {StoreError}
 */
export async function retry(input: RetryInput): Promise<RetryReport> {
  const { store, clock, projects } = input;
  const { channels } = await withStoredMutes(input);
  const meant = new Map(
    [...channels]
      .filter(([name]) => [undefined, name].includes(input.channel))
      .map(([name, channel]) => [name, woken(channel, clock.now())]),
  );
  const ids = projects.map(({ id }) => id);
  const { records, problems } = await loadInventory(store, ids);
  const project = announcingProject(projects);
  if (project === undefined) return { retried: [], broken: [], problems };
  const health = await openStoredHealth(project, input);
  await health.closeCircuits([...meant.values()], new Date(clock.now()));
  const owner = randomUUID();
  const due = await makeAllDue(pendingIn(records, meant), owner, input);
  const held = [...due.values()].flatMap((made) => (made.kind === 'due' ? [made.held] : []));
  // A tick delivers to the other channels.
  const ends = await deliverNow(held, { health, owner, channels: meant }, input);
  const retried: RetryResult[] = [];
  for (const [one, made] of due) retried.push(...(await resultsOf(one, made, ends, input)));
  return { retried, broken: health.broken().filter(({ channel }) => meant.has(channel)), problems };
}

/**
 * A channel whose quiet hours and mutes hold nothing from now on, since somebody asks for the deliveries. The past
 * holds stay known, so that all that they held becomes one message.
 */
function woken(channel: Channel, now: number): Channel {
  const { quiet, mutes } = channel;
  return defined({
    ...channel,
    quiet: quiet && { ...quiet, until: () => undefined },
    mutes: mutes && { about: (event: MutableEvent) => mutes.about(event).map((one) => endedBy(now, one)) },
  });
}

function endedBy(now: number, { from, until }: MutedTime): MutedTime {
  return { from, until: Math.min(until, now) };
}

function pendingIn(records: readonly HeldRecord[], channels: Channels): PendingRecord[] {
  return records.flatMap((held) => {
    const deliveries = pending(held.record).filter(({ channel }) => channels.has(channel));
    return deliveries.length === 0 ? [] : [{ held, deliveries }];
  });
}

async function makeAllDue(
  all: readonly PendingRecord[],
  owner: string,
  { store, clock }: RetryInput,
): Promise<Due> {
  const now = new Date(clock.now());
  const due = new Map<PendingRecord, DueResult>();
  await eachAtMost(AT_ONCE.records, all, async (one) => {
    const isMeant = (name: string) => one.deliveries.some(({ channel }) => channel === name);
    due.set(one, await makeDue(one.held, { store, owner, now, isMeant }));
  });
  return due;
}

async function resultsOf(
  { held, deliveries }: PendingRecord,
  made: DueResult,
  ends: DeliveryEnds,
  { store, channels }: RetryInput,
): Promise<RetryResult[]> {
  const record = (await loadRecord(store, held.key))?.record;
  const left = record === undefined ? [] : pending(record);
  const leftByName = new Map(left.map((one) => [deliveryName(one.event.id, one.channel), one]));
  return deliveries.map((one): RetryResult => {
    const { event, channel } = one;
    const name = deliveryName(event.id, channel);
    const still = leftByName.get(name);
    if (still !== undefined) {
      return { event, channel, kind: 'pending', why: whyPending(one, still, { made, channels }) };
    }
    const kind = ends.get(name) ?? (isLogged(record, one) ? 'delivered' : 'settled');
    return { event, channel, kind };
  });
}

function isLogged(record: StoredRecord | undefined, { event, channel }: PendingDelivery): boolean {
  return record !== undefined && hasArrived(record, event.id, channel);
}

function whyPending(
  before: PendingDelivery,
  still: PendingDelivery,
  { made, channels }: { readonly made: DueResult; readonly channels: Channels },
): string {
  if (made.kind === 'leased') return `another run is delivering from its record, until ${made.until}`;
  if (made.kind === 'busy') return 'other runs keep changing its record; run this again';
  const { attempts, history } = still.delivery;
  const last = history.at(-1);
  if (attempts > before.delivery.attempts && last !== undefined) return last.reason;
  const isForProgram = channels.get(before.channel)?.audience === 'programs';
  return isForProgram && needsRevalidation(still.event)
    ? 'its task must be checked again before it is sent; the next tick does that'
    : 'not tried, because an earlier delivery of its task, or its channel, is held up';
}
