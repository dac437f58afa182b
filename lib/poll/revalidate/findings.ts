import type { Findings, Revalidated, Revalidation } from '../../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Renewal, Update } from '../../migration/model/update.ts';
import type { RecordState, StoredRecord } from '../../records/record.ts';
import { isSameKnowledge } from '../../records/records.ts';

/** Reasons that follow the words "it is withdrawn: ". */
export const NOT_TRUE = 'it is no longer true';
const NOT_WATCHED = 'it is no longer watched';

/** Leaves the event waiting for a tick that knows more. */
export const UNKNOWN: Findings = (stream) => ({
  update: { stream, events: [] },
  result: { kind: 'unknown' },
});

export function withdrawn(why: string): Findings {
  return (stream) => ({ update: { stream, events: [] }, result: { kind: 'invalid', why } });
}

/**
 * The findings on an event whose subject this configuration does not watch. A process with a newer configuration may
 * watch it, and decides as long as the event is valid.
 */
export function notWatched(event: MigrationEvent, isOurs: boolean, now: Date): Findings {
  return isOurs || !isValid(event, now) ? withdrawn(NOT_WATCHED) : UNKNOWN;
}

/** Discards findings if the record changed since their look began: the look behind that change may be the newer one. */
export function unlessStale(before: StoredRecord, findings: Findings): Findings {
  return (newest) =>
    isSameKnowledge(newest, before)
      ? findings(newest)
      : { update: { stream: newest, events: [] }, result: { kind: 'stale' } };
}

/** Facts that decide the findings on one event. */
export interface RevalidationFacts<S> {
  readonly event: MigrationEvent;
  readonly update: Update<S>;
  readonly isTrue: boolean;
  readonly now: Date;
  /** Makes a new event that says the same. */
  readonly renew: () => Renewal<S>;
}

/** A valid event stays while it may be acted upon; after that it is reissued. */
export function resultOf<S extends Partial<RecordState>>({
  event,
  update,
  isTrue,
  now,
  renew,
}: RevalidationFacts<S>): Revalidated {
  if (!isTrue) return { update, result: { kind: 'invalid', why: NOT_TRUE } };
  if (isValid(event, now)) return { update, result: { kind: 'valid' } };
  const renewal = renew();
  const result: Revalidation =
    renewal.event === undefined ? { kind: 'unknown' } : { kind: 'reissued', event: renewal.event };
  return { update: renewal.update, result };
}

function isValid({ data: { validUntil = '' } }: MigrationEvent, now: Date): boolean {
  return Date.parse(validUntil) > now.getTime();
}
