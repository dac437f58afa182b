import { type EventType, type MigrationEvent, makeEvent } from '../../lib/events/event.ts';
import type { Phase } from '../../lib/events/phase.ts';
import { taskSource } from '../../lib/events/source.ts';
import { STAMP } from '../support/stamp.ts';

const BORN = '2026-01-05T00:00:00.000Z';

/** The n-th event of a record: about a phase, or about none. */
export function eventOf(
  sequence: number,
  more: {
    readonly phase?: Phase;
    readonly type?: EventType;
    /** Milliseconds since the epoch. */
    readonly at?: number;
    readonly summary?: string;
  } = {},
): MigrationEvent {
  const { phase, type = 'dcs.migration.status_changed', at = Date.parse(BORN) + sequence * 1000 } = more;
  const since = new Date(at).toISOString();
  return makeEvent({
    origin: { source: taskSource('cn-north-4', 'p1', 't1'), subject: 't1' },
    stamp: STAMP,
    sequence,
    now: new Date(at),
    type,
    data: {
      ...(phase !== undefined && { to: { status: phase.toUpperCase(), phase, since } }),
      severity: 'info',
      summary: more.summary ?? `event ${sequence}`,
      consoleUrl: 'https://console.example',
    },
  });
}
