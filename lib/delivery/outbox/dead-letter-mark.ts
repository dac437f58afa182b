import type { MigrationEvent } from '../../events/event.ts';
import type { StoredRecord } from '../../records/record.ts';

/**
 * Marks the pending deliveries of a record, because a crashed run may have stored dead letters of them. When a marked
 * delivery arrives, its dead letter is looked up; for others that read is saved.
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

/** Removes the mark once no marked event is left in the outbox. */
export function withoutOldMark(record: StoredRecord): StoredRecord {
  const { deadLettersUpTo, ...rest } = record;
  return deadLettersUpTo === undefined || record.outbox.some(({ event }) => mayHaveDeadLetter(record, event))
    ? record
    : rest;
}
