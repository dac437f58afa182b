import type { Findings, Revalidated, Revalidation } from '../../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Renewal, Update } from '../../migration/model/update.ts';
import type { RecordState, StoredRecord } from '../../records/record.ts';
import { isSameKnowledge } from '../../records/records.ts';

/** Words that go on "it is withdrawn: ". */
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
 * The findings on an event whose subject this configuration does not watch. A process with a newer configuration may: as
 * long as the event is valid, that one decides.
 */
export function notWatched(event: MigrationEvent, isOurs: boolean, now: Date): Findings {
  return isOurs || !isValid(event, now) ? withdrawn(NOT_WATCHED) : UNKNOWN;
}

/**
 * A look decides by the record that it began with. Another look may have changed the record since, and then this one may
 * be the older of the two.
 */
export function unlessStale(before: StoredRecord, findings: Findings): Findings {
  return (newest) =>
    isSameKnowledge(newest, before)
      ? findings(newest)
      : { update: { stream: newest, events: [] }, result: { kind: 'stale' } };
}

/** Facts that the findings on one event rest on. */
export interface RevalidationFacts<S> {
  readonly event: MigrationEvent;
  readonly update: Update<S>;
  readonly isTrue: boolean;
  readonly now: Date;
  /** Says the same in an event of its own. */
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
