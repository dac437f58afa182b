import { describe, expect, test } from 'vitest';
import { applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import { receiptOf, withReceipt } from '../../../../lib/delivery/outbox/outcome/receipts.ts';
import { decodeRecord, encodeRecord } from '../../../../lib/records/codec.ts';
import { taskRecordId } from '../../../../lib/records/keys.ts';
import { newRecord, type StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf, NOW } from '../../../channels/support.ts';

const EMPTY = newRecord(NOW);
const LIVE = { name: 'live', settings: 'now' };
const GIVEN = { settings: 'now', receipt: 'C1 1.1' };
const KEY = { partition: 'project:p', id: taskRecordId('t') };

describe('the receipt of a message', () => {
  test('is that which the channel gave last with the settings that it has', () => {
    const record = withReceipt(withReceipt(EMPTY, 'live', { ...GIVEN, receipt: 'old' }), 'live', GIVEN);
    expect(receiptOf(record, LIVE)).toBe('C1 1.1');
    expect(receiptOf(record, { ...LIVE, settings: 'other' })).toBeUndefined();
    expect(receiptOf(record, { ...LIVE, name: 'constructor' })).toBeUndefined();
    expect(receiptOf(EMPTY, LIVE)).toBeUndefined();
  });

  test('is forgotten when the channel gives an empty one, and nothing else is', () => {
    const both = withReceipt(withReceipt(EMPTY, 'live', GIVEN), 'more', GIVEN);
    expect(withReceipt(both, 'live', { ...GIVEN, receipt: '' }).receipts).toEqual({ more: GIVEN });
    const none = withReceipt(withReceipt(EMPTY, 'live', GIVEN), 'live', { ...GIVEN, receipt: '' });
    expect(none).toEqual(EMPTY);
  });

  test('changes nothing when it is the same, or none was known', () => {
    const record = withReceipt(EMPTY, 'live', GIVEN);
    expect(withReceipt(record, 'live', { ...GIVEN })).toBe(record);
    expect(withReceipt(EMPTY, 'live', { ...GIVEN, receipt: '' })).toBe(EMPTY);
  });

  test('is never longer than a record has room for', () => {
    expect(withReceipt(EMPTY, 'live', { ...GIVEN, receipt: 'x'.repeat(201) })).toBe(EMPTY);
    expect(withReceipt(EMPTY, 'live', { ...GIVEN, receipt: 'x'.repeat(200) })).not.toBe(EMPTY);
  });

  test('is stored with the record, and a record without one as before', () => {
    const record = withReceipt(EMPTY, 'live', GIVEN);
    expect(decodeRecord(KEY, encodeRecord(record))).toEqual({ kind: 'record', record });
    expect(encodeRecord(EMPTY)).not.toContain('receipts');
    const damaged = encodeRecord(record).replace('"C1 1.1"', '5');
    expect(decodeRecord(KEY, damaged).kind).toBe('unreadable');
  });

  test.each(['delivered', 'transient', 'pause', 'permanent', 'broken'] as const)(
    'is written with the acknowledgement of an attempt that was %s',
    (outcomeClass) => {
      const event = eventOf();
      const delivery = { attempts: 0, nextAttemptAt: NOW.toISOString(), history: [] };
      const record: StoredRecord = { ...EMPTY, outbox: [{ event, deliveries: { live: delivery } }] };
      const outcome = { class: outcomeClass, reason: '', ms: 1, receipt: 'C1 1.1' };
      const attempt = { eventId: event.id, channel: 'live', audience: 'people', outcome, now: NOW } as const;
      const update = applyOutcome(record, { ...attempt, random: 0, settings: 'now' });
      expect(receiptOf(update.record, LIVE)).toBe('C1 1.1');
    },
  );
});
