import { compareText } from '../base/compare.ts';
import { hasTimeFor, type RecordBatch, type WorkerContext } from './attempt.ts';
import type { PendingDelivery } from './outbox/types.ts';

/** So many tasks that change in one run are a storm: a chat gets them as one message. */
const STORM_FROM = 10;

/** Batches of all records, the oldest first. */
export function waitingBatches({ channel, sessions }: WorkerContext): RecordBatch[] {
  return [...sessions()]
    .map((session) => ({ session, deliveries: session.next(channel) }))
    .filter(({ deliveries }) => deliveries.length > 0)
    .sort((a, b) => compareText(timeOf(a), timeOf(b)));
}

function timeOf({ deliveries: [first] }: RecordBatch): string {
  return first?.event.time ?? '';
}

/**
 * The next message to a chat: the batches of several records that belong together, or a storm; else the oldest batch.
 *
 * @returns nothing when nothing waits, or the time is too short for it
 */
export function nextMessage(
  waiting: readonly RecordBatch[],
  worker: WorkerContext,
): readonly RecordBatch[] | undefined {
  const { channel, delivery } = worker;
  const fits = ({ deliveries }: RecordBatch) => hasTimeFor(deliveries.length, worker);
  const most = channel.minuteLimit?.left(new Date(delivery.clock.now())) ?? Number.POSITIVE_INFINITY;
  const together = delivery.health.isHalfOpen(channel) ? [] : batchesTogether(waiting, most);
  const group = together.find(([first]) => first !== undefined && fits(first));
  if (group !== undefined) return group;
  const alone = waiting.find(fits);
  return alone && [alone];
}

/** @param most messages that the vendor still takes in this minute: what is more goes as one digest */
function batchesTogether(waiting: readonly RecordBatch[], most: number): readonly (readonly RecordBatch[])[] {
  if (waiting.length > Math.max(1, most)) return [waiting];
  const byWord = Map.groupBy(waiting, ({ deliveries: [first] }) => first && wordOf(first));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= (word === undefined ? STORM_FROM : 2);
    return isEnough ? [group] : [];
  });
}

/** Reminders of one tick are one message, and so are first sights: a message for each task would be a storm. */
function wordOf({ event, delivery }: PendingDelivery): string | undefined {
  if (delivery.reminder) return 'reminder';
  return event.type === 'dcs.migration.first_seen' ? 'first_seen' : undefined;
}
