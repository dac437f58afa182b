import type { StoredRecord } from '../../lib/records/record.ts';

const ENVELOPE = new Set([
  'schemaVersion',
  'born',
  'sequence',
  'eventCount',
  'outbox',
  'sent',
  'reminders',
  'receipts',
  'deadLettersUpTo',
  'lease',
]);

/** The fields of a record, those of its state beside those of its deliveries. */
export function flat({ state, ...envelope }: StoredRecord): Record<string, unknown> {
  return { ...state, ...envelope };
}

/** Flat fields as version 2 stores them, also where they are damaged. */
export function asStored(record: object): string {
  const fields = Object.entries(record);
  const envelope = fields.filter(([name]) => ENVELOPE.has(name));
  const state = fields.filter(([name]) => !ENVELOPE.has(name));
  return JSON.stringify({ ...Object.fromEntries(envelope), state: Object.fromEntries(state) });
}
