import { compareText } from '../../base/compare.ts';
import { defined } from '../../base/defined.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { PastEvent } from '../status.ts';

const MOST_EVENTS = 5;

/** The last events of a record whose words it still has, newest last. */
export function lastEvents(record: StoredRecord): readonly PastEvent[] {
  return pastEvents(record).slice(-MOST_EVENTS);
}

/** Events of a record whose words it still has, oldest first. */
export function pastEvents({ outbox, sent = [] }: StoredRecord): readonly PastEvent[] {
  const arrived = sent.flatMap(({ eventId, type, time, summary, facts }) =>
    type === undefined || time === undefined || summary === undefined
      ? []
      : [[eventId, defined<PastEvent>({ time, type, summary, facts })] as const],
  );
  const pending = outbox.map(
    ({ event: { id, time, type, data } }) =>
      [id, { time, type, summary: data.summary, facts: data }] as const,
  );
  const byId = new Map<string, PastEvent>([...arrived, ...pending]);
  return [...byId.values()].toSorted((a, b) => compareText(a.time, b.time));
}
