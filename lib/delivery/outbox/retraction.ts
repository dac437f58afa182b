import type { MigrationEvent } from '../../events/event.ts';

/** The id of the event that this one retracts, if any. */
export function retractedBy({ data: { readiness, group } }: MigrationEvent): string | undefined {
  return readiness?.retracts ?? group?.retracts?.id;
}
