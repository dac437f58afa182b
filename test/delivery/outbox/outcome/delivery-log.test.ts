import { describe, expect, it } from 'vitest';
import { hasArrived, logDelivery } from '../../../../lib/delivery/outbox/outcome/delivery-log.ts';
import type { EventData, MigrationEvent } from '../../../../lib/events/event.ts';
import type { SentEntry, StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';
import { EMPTY, outcome, START } from '../support.ts';

function withArrived(event: MigrationEvent, before = EMPTY): StoredRecord {
  const delivery = { attempts: 0, nextAttemptAt: event.time, history: [] };
  const counted = { events: 1, now: START };
  return logDelivery(before, { event, channel: 'ops', delivery }, outcome('delivered'), counted);
}

/** What the log keeps of the facts of an event with these data. */
function factsOf(data: Partial<EventData>): SentEntry['facts'] {
  const event = eventOf(1);
  return withArrived({ ...event, data: { ...event.data, ...data } }).sent?.[0]?.facts;
}

describe('the delivery log', () => {
  it('knows which event arrived at which channel', () => {
    const record = withArrived(eventOf(2), withArrived(eventOf(1)));
    expect(hasArrived(record, eventOf(1).id, 'ops')).toBe(true);
    expect(hasArrived(record, eventOf(2).id, 'ops')).toBe(true);
    expect(hasArrived(record, eventOf(3).id, 'ops')).toBe(false);
    expect(hasArrived(record, eventOf(1).id, 'cutover')).toBe(false);
    expect(hasArrived(EMPTY, eventOf(1).id, 'ops')).toBe(false);
  });

  it('keeps the facts of an event while they take a thousand characters at most', () => {
    const characters = JSON.stringify({ severity: 'info', detail: '' }).length;
    const detail = (length: number) => 'x'.repeat(length - characters);
    expect(factsOf({ detail: detail(1000) })).toEqual({ severity: 'info', detail: detail(1000) });
    expect(factsOf({ detail: detail(1001) })).toBeUndefined();
  });

  it('keeps of a failure the last error in the log of its task, its message and its advice', () => {
    const advice = { cause: 'the password is wrong', text: 'Change it.', source: 'https://docs.example' };
    const errors = [{ message: 'first' }, { message: 'second' }];
    const facts = factsOf({
      dossier: { errorMessage: 'failed', advice, log: errors, unknown: ['the rest of the log'] },
    });
    expect(facts?.dossier).toEqual({
      errorMessage: 'failed',
      advice,
      log: [{ message: 'second' }],
      unknown: [],
    });
  });
});
