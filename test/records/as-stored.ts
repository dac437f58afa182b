const ENVELOPE = new Set([
  'schemaVersion',
  'born',
  'sequence',
  'eventCount',
  'outbox',
  'sent',
  'reminders',
  'deadLettersUpTo',
  'lease',
]);

/** A record as version 2 stores it, also where its fields are damaged. */
export function asStored(record: object): string {
  const fields = Object.entries(record);
  const envelope = fields.filter(([name]) => ENVELOPE.has(name));
  const state = fields.filter(([name]) => !ENVELOPE.has(name));
  return JSON.stringify({ ...Object.fromEntries(envelope), state: Object.fromEntries(state) });
}
