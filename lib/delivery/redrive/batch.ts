import { randomUUID } from 'node:crypto';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { loadRecord } from '../../records/records.ts';
import type { Log } from '../../telemetry/log.ts';
import type { HeldDeadLetter } from '../dead-letters.ts';
import type { ChannelHealth } from '../health/channel-health.ts';
import type { RedriveContext } from './context.ts';
import { deliverNow } from './deliver-now.ts';
import { type RequeuedRecord, requeueIntoRecord } from './requeue-records.ts';
import { type DeliveryView, isRequeued, type RedriveResult, resultOf, skipped, WHY_NOT } from './result.ts';
import type { RecordDeadLetters } from './selection.ts';

/** Results of one record in one batch. */
interface BatchResult {
  readonly results: readonly RedriveResult[];
  /** Dead letters that had no room before, if the record has room now. */
  readonly left?: RecordDeadLetters;
}

/**
 * Requeues dead letters as far as their records have room, and delivers what is due there.
 *
 * @throws {StoreError}
 */
export async function redriveBatch(
  groups: readonly RecordDeadLetters[],
  health: ChannelHealth,
  context: RedriveContext,
): Promise<BatchResult[]> {
  const { clock, channels, store } = context;
  const requeued = await requeueAll(groups, context);
  const records = [...requeued.values()].flatMap(({ held, outcomes }) =>
    held !== undefined && [...outcomes.values()].some(isRequeued) ? [held] : [],
  );
  const ends = await deliverNow(records, { health, channels, owner: randomUUID() }, context);
  const allows = (name: string): boolean => {
    const channel = channels.get(name);
    return channel === undefined || health.allows(channel, new Date(clock.now()));
  };
  const results: BatchResult[] = [];
  for (const [group, { outcomes }] of requeued) {
    const record = (await loadRecord(store, group.key))?.record;
    results.push(await resultsOf(group, outcomes, { store, record, ends, allows }));
  }
  return results;
}

type Requeued = ReadonlyMap<RecordDeadLetters, RequeuedRecord>;

async function requeueAll(
  groups: readonly RecordDeadLetters[],
  { store, clock, log }: RedriveContext,
): Promise<Requeued> {
  const requeued = new Map<RecordDeadLetters, RequeuedRecord>();
  await eachAtMost(AT_ONCE.records, groups, async (group) => {
    const now = new Date(clock.now());
    const one = await requeueIntoRecord(group.key, group.deadLetters, { store, now, dryRun: false });
    logRequeued(one, log);
    requeued.set(group, one);
  });
  return requeued;
}

function logRequeued({ outcomes }: RequeuedRecord, log: Log): void {
  for (const [{ deadLetter }, outcome] of outcomes) {
    const { channel, event, why, diedAt } = deadLetter;
    if (outcome === 'requeued') log({ kind: 'put_back', channel, eventId: event.id, why, diedAt });
  }
}

async function resultsOf(
  { key }: RecordDeadLetters,
  outcomes: RequeuedRecord['outcomes'],
  view: DeliveryView,
): Promise<BatchResult> {
  const results: RedriveResult[] = [];
  const waiting: HeldDeadLetter[] = [];
  for (const [held, outcome] of outcomes) {
    if (outcome === 'no room') waiting.push(held);
    else if (isRequeued(outcome)) results.push(await resultOf(held, view));
    else results.push(skipped(held, WHY_NOT[outcome]));
  }
  if (waiting.length === 0) return { results };
  const hasMoreRoom = results.some(({ kind }) => kind === 'delivered' || kind === 'dead');
  if (hasMoreRoom) return { results, left: { key, deadLetters: waiting } };
  return { results: [...results, ...waiting.map((held) => skipped(held, WHY_NOT['no room']))] };
}
