import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../lib/channels/channel.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import { pendingDeliveryTo } from '../../../../lib/delivery/outbox/outbox.ts';
import { type AttemptedDelivery, applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import type { StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';
import { EMPTY, MINUTE, outcome, START } from '../support.ts';

const EVENT = eventOf(1, { at: START.getTime() });
const PENDING = enqueue(EMPTY, [EVENT], { to: () => ['ops'] }, START).record;

function after(record: StoredRecord, ended: Outcome, more: Partial<AttemptedDelivery> = {}): StoredRecord {
  const attempt = {
    eventId: EVENT.id,
    channel: 'ops',
    audience: 'programs',
    now: START,
    random: 0.5,
  } as const;
  return applyOutcome(record, { ...attempt, outcome: ended, ...more }).record;
}

describe('a delivery to a receiver that asks for fewer requests with a 429', () => {
  const limited = outcome('pause', { status: 429 });
  const failing = outcome('transient');

  it('is due at once, because its channel waits, and counts each attempt', () => {
    const twice = after(after(PENDING, limited), limited);
    expect(pendingDeliveryTo(twice, EVENT.id, 'ops')).toMatchObject({
      attempts: 2,
      tooSoon: 2,
      nextAttemptAt: START.toISOString(),
    });
  });

  it('waits after its first failure as if the attempts that came too soon had not been', () => {
    const failed = after(after(after(PENDING, limited), limited), failing);
    expect(pendingDeliveryTo(failed, EVENT.id, 'ops')).toMatchObject({
      attempts: 3,
      tooSoon: 2,
      nextAttemptAt: new Date(START.getTime() + MINUTE).toISOString(),
    });
  });
});

describe('the receipt that a record has of a channel', () => {
  const GIVEN = { settings: 'now', receipt: 'C1 1.1' };
  const known: StoredRecord = { ...PENDING, receipts: { ops: GIVEN } };

  it('stays as it is after an attempt that gives none', () => {
    expect(after(known, outcome('transient'), { settings: 'now' }).receipts).toEqual({ ops: GIVEN });
  });

  it('is none where the settings of the channel are not known', () => {
    expect(after(PENDING, outcome('transient', { receipt: 'C1 1.1' }))).not.toHaveProperty('receipts');
  });

  it('is kept for the place of the messages where the attempt names one, else for the settings', () => {
    const posted = outcome('delivered', { receipt: 'C1 2.2' });
    const key = (more: Partial<AttemptedDelivery>) =>
      after(PENDING, posted, more).receipts?.['ops']?.settings;
    expect(key({ settings: 'now' })).toBe('now');
    expect(key({ settings: 'now', receiptKey: 'place' })).toBe('place');
  });
});
