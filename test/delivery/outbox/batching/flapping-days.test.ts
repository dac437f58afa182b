import { describe, expect, it } from 'vitest';
import { nextBatch } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import { applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import { detect } from '../../../../lib/migration/detect/detect.ts';
import { newRecord, type StoredRecord, withStream } from '../../../../lib/records/record.ts';
import { minute, seen, WATCH } from '../../../migration/support.ts';

/** The minutes of messages to a chat about a task that takes these statuses in turn, one a minute. */
function flapping(
  statuses: readonly string[],
  minutes: number,
): { moments: number[]; record: StoredRecord; delivered: number } {
  let record: StoredRecord | undefined;
  const moments: number[] = [];
  let delivered = 0;
  for (let at = 0; at < minutes; at += 1) {
    const now = minute(at);
    const before = record ?? newRecord(now);
    const noticed = detect(record, seen(statuses[at % statuses.length] ?? ''), {
      watch: WATCH,
      now,
      enrichment: {},
    });
    record = enqueue(
      noticed === undefined ? before : withStream(before, noticed.stream),
      noticed?.events ?? [],
      { to: () => ['ops'] },
      now,
    ).record;
    const due = nextBatch(record, { name: 'ops', audience: 'people' }, now);
    if (due.length > 0) moments.push(at);
    delivered += due.length;
    for (const { event } of due) {
      const outcome = { class: 'delivered', reason: '', ms: 1 } as const;
      record = applyOutcome(record, {
        eventId: event.id,
        channel: 'ops',
        audience: 'people',
        outcome,
        now,
        random: 0.5,
      }).record;
    }
  }
  if (record === undefined) throw new Error('nothing was seen');
  return { moments, record, delivered };
}

describe('a chat with a task that flaps for days', () => {
  it.each([
    [['FULLMIGRATING', 'RUNNING']],
    [['FULLMIGRATING', 'FULLMIGRATING', 'RUNNING']],
    [['FULLMIGRATING', 'RUNNING', 'CREATED']],
  ])('gets a message at most once in ten minutes, as long as it goes on (%j)', (statuses) => {
    const minutes = 2 * 24 * 60;
    const { moments, record, delivered } = flapping(statuses, minutes);
    const later = moments.filter((at) => at > 10);
    const gaps = later.slice(1).map((at, index) => at - (later[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10);
    expect(later.length).toBeGreaterThan(minutes / 12);
    // Everything is sent in the end but what waits for its ten minutes.
    expect(delivered).toBeGreaterThan(minutes / 2);
    expect(record.outbox.length).toBeLessThanOrEqual(10);
  });
});
