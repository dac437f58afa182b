import { defined } from '../../lib/base/defined.ts';
import { newRecord, type RecordState, type StoredRecord } from '../../lib/records/record.ts';

/** Fields of a record, those of its state beside those of its deliveries. */
export type RecordFields = Partial<RecordState> & Partial<Omit<StoredRecord, 'state'>>;

/** The record with other fields, each in its place. */
export function withFields(record: StoredRecord, fields: RecordFields): StoredRecord {
  const {
    schemaVersion,
    born,
    sequence,
    eventCount,
    outbox,
    sent,
    reminders,
    deadLettersUpTo,
    lease,
    ...state
  } = fields;
  const envelope = {
    schemaVersion,
    born,
    sequence,
    eventCount,
    outbox,
    sent,
    reminders,
    deadLettersUpTo,
    lease,
  };
  return { ...record, ...defined<Partial<StoredRecord>>(envelope), state: { ...record.state, ...state } };
}

/** A new record with these fields. */
export function recordWith(now: Date, fields: RecordFields): StoredRecord {
  return withFields(newRecord(now), fields);
}
