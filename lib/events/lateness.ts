import type { MigrationEvent } from './event.ts';

/** A message this late says so. */
const LATE_MS = 5 * 60_000;

/** The delay of a message after its event, if late enough to mention. Milliseconds. */
export function latenessMs({ time }: MigrationEvent, now: Date): number | undefined {
  const late = now.getTime() - Date.parse(time);
  return late >= LATE_MS ? late : undefined;
}
