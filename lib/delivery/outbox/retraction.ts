import type { MigrationEvent } from '../../events/event.ts';

/** The id of the event that another one takes back, if it does. */
export function retractedBy({ data: { readiness, group } }: MigrationEvent): string | undefined {
  return readiness?.retracts ?? group?.retracts?.id;
}
