import type { MigrationEvent } from '../../events/event.ts';
import type { WatchRecord } from '../../migration/model/state.ts';

/**
 * The record, with what it owes in doubt: dead letters of it may be stored already, by a run that did not come to let go
 * of it. So where it arrives after all, its letter is looked for; elsewhere that would be a read for nothing.
 */
export function markDeadLettersPossible(record: WatchRecord): WatchRecord {
  const { outbox, sequence, deadLettersUpTo } = record;
  return outbox.length === 0 || deadLettersUpTo === sequence
    ? record
    : { ...record, deadLettersUpTo: sequence };
}

/** Whether a dead letter may be stored of an event that is still owed. */
export function mayHaveDeadLetter(
  { deadLettersUpTo }: WatchRecord,
  { sequence }: Pick<MigrationEvent, 'sequence'>,
): boolean {
  return Number(sequence) <= (deadLettersUpTo ?? -1);
}

/** The doubt goes with the last event that it was about. */
export function withoutOldMark(record: WatchRecord): WatchRecord {
  const { deadLettersUpTo, ...rest } = record;
  return deadLettersUpTo === undefined || record.outbox.some(({ event }) => mayHaveDeadLetter(record, event))
    ? record
    : rest;
}
