import type { MigrationEvent } from '../../events/event.ts';
import type { StoredRecord } from '../../records/record.ts';

/**
 * Marks the pending deliveries of a record: dead letters of them may be stored already, by a run that crashed before the
 * record let go of them. Only for marked deliveries that arrive is a dead letter looked for.
 */
export function markDeadLettersPossible(record: StoredRecord): StoredRecord {
  const { outbox, sequence, deadLettersUpTo } = record;
  return outbox.length === 0 || deadLettersUpTo === sequence
    ? record
    : { ...record, deadLettersUpTo: sequence };
}

/** Whether a dead letter of a pending event may be stored already. */
export function mayHaveDeadLetter(
  { deadLettersUpTo }: StoredRecord,
  { sequence }: { readonly sequence: MigrationEvent['sequence'] },
): boolean {
  return Number(sequence) <= (deadLettersUpTo ?? -1);
}

/** The mark goes with the last event that it is about. */
export function withoutOldMark(record: StoredRecord): StoredRecord {
  const { deadLettersUpTo, ...rest } = record;
  return deadLettersUpTo === undefined || record.outbox.some(({ event }) => mayHaveDeadLetter(record, event))
    ? record
    : rest;
}
