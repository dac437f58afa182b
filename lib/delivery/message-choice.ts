import { compareText } from '../base/compare.ts';
import { hasTimeFor, type RecordBatch, type WorkerContext } from './attempt.ts';
import { isAfterHold } from './outbox/batching/quiet-time.ts';
import type { PendingDelivery } from './outbox/types.ts';

/** From this many changed tasks in one run on, a chat gets a storm: one message about all. */
const STORM_FROM = 10;

/**
 * Batches of all records, the oldest first. Held deliveries wait until every project is handed over, to be one message.
 */
export function waitingBatches(worker: WorkerContext): RecordBatch[] {
  const { channel, sessions } = worker;
  return [...sessions()]
    .map((session) => ({ session, deliveries: session.next(channel) }))
    .filter(({ deliveries }) => deliveries.length > 0)
    .filter(({ deliveries }) => worker.isComplete() || !isAfterHoldNow(deliveries, worker))
    .sort((a, b) => compareText(timeOf(a), timeOf(b)));
}

export function isAfterHoldNow(
  deliveries: readonly PendingDelivery[],
  { channel, delivery: { clock } }: WorkerContext,
): boolean {
  return isAfterHold(deliveries, channel, new Date(clock.now()));
}

function timeOf({ deliveries: [first] }: RecordBatch): string {
  return first?.event.time ?? '';
}

/**
 * The next message to a chat: the batches of several records that belong together, or a storm; else the oldest batch.
 *
 * @returns nothing when no batch waits, or the time is too short for a message
 */
export function nextMessage(
  waiting: readonly RecordBatch[],
  worker: WorkerContext,
): readonly RecordBatch[] | undefined {
  const { channel, delivery } = worker;
  const fits = ({ deliveries }: RecordBatch) => hasTimeFor(deliveries.length, worker);
  const most = channel.minuteLimit?.left(new Date(delivery.clock.now())) ?? Number.POSITIVE_INFINITY;
  const together = delivery.health.isHalfOpen(channel) ? [] : batchesTogether(waiting, most, worker);
  const group = together.find(([first]) => first !== undefined && fits(first));
  if (group !== undefined) return group;
  const alone = waiting.find(fits);
  return alone && [alone];
}

/** @param most messages that the vendor still takes in this minute; more batches than that become one digest */
function batchesTogether(
  waiting: readonly RecordBatch[],
  most: number,
  worker: WorkerContext,
): readonly (readonly RecordBatch[])[] {
  if (waiting.length > Math.max(1, most)) return [waiting];
  const byWord = Map.groupBy(waiting, ({ deliveries }) => wordOf(deliveries, worker));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= leastOf(word, worker);
    return isEnough ? [group] : [];
  });
}

type Word = 'reminder' | 'held' | 'first_seen';

/**
 * The least number of batches that become one message. In a channel with a live message for each task, only a storm and
 * held deliveries become one message.
 */
function leastOf(word: Word | undefined, { channel }: WorkerContext): number {
  const isAlone = word === undefined || (channel.live !== undefined && word !== 'held');
  return isAlone ? STORM_FROM : 2;
}

/**
 * The reason why batches become one message: reminders of one tick, first sights, or deliveries that quiet hours or a
 * mute held. One message for each task would be a storm.
 */
function wordOf(deliveries: readonly PendingDelivery[], worker: WorkerContext): Word | undefined {
  const [first] = deliveries;
  if (first?.delivery.reminder) return 'reminder';
  if (isAfterHoldNow(deliveries, worker)) return 'held';
  return first?.event.type === 'dcs.migration.first_seen' ? 'first_seen' : undefined;
}
