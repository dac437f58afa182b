import { type EventData, type EventOrigin, type MigrationEvent, makeEvent } from './event.ts';
import type { LookFailure } from './observation.ts';
import type { Trouble, WatchRecord } from './record.ts';

/** Who a sentence is about, and who says it: what all events about one task, or one project, have in common. */
export interface Voice {
  readonly origin: Omit<EventOrigin, 'born'>;
  readonly about: Pick<EventData, 'task' | 'project'>;
  /** How summaries begin. */
  readonly name: string;
  readonly consoleUrl: string;
}

/** Why a look failed. */
export interface Failure {
  readonly reason: LookFailure;
  readonly detail: string;
}

interface Troubled {
  readonly record: WatchRecord;
  readonly events: readonly MigrationEvent[];
}

/** One or two failed looks are noise; this many in a row are told. */
export const FAILED_LOOKS_UNTIL_TOLD = 3;

/**
 * Counts one more failed look. The third in a row makes one `watch.failing`; after that nothing changes any more until
 * a good look, so a task that fails for days costs no writes. Missing looks before it are no longer in a row.
 *
 * @returns what to write, or nothing when it is told already.
 */
export function troubleAfterFailure(
  record: WatchRecord,
  { reason, detail }: Failure,
  voice: Voice,
  now: Date,
): Troubled | undefined {
  const { missing, ...rest } = record;
  if (record.trouble?.told) return missing === undefined ? undefined : { record: rest, events: [] };

  const count = (record.trouble?.count ?? 0) + 1;
  const since = record.trouble?.since ?? now.toISOString();
  const told = count >= FAILED_LOOKS_UNTIL_TOLD;
  const trouble: Trouble = { reason, detail, count, since, told };
  if (!told) return { record: { ...rest, trouble }, events: [] };

  const event = makeEvent(
    { ...voice.origin, born: record.born },
    record.sequence + 1,
    now,
    'dcs.watch.failing',
    {
      ...voice.about,
      reason,
      detail,
      severity: 'action',
      summary: `${voice.name}: cannot be watched, ${count} looks in a row failed (${reason})`,
      consoleUrl: voice.consoleUrl,
    },
  );
  return { record: { ...rest, trouble, sequence: record.sequence + 1 }, events: [event] };
}

/** A good look ends the trouble; only trouble that was told is also told to be over. */
export function troubleIsOver(record: WatchRecord, voice: Voice, now: Date): Troubled {
  const { trouble, ...rest } = record;
  if (!trouble?.told) return { record: rest, events: [] };

  const event = makeEvent(
    { ...voice.origin, born: record.born },
    record.sequence + 1,
    now,
    'dcs.watch.restored',
    {
      ...voice.about,
      reason: trouble.reason,
      detail: `Looks had failed since ${trouble.since}. Changes in between are told now as one.`,
      severity: 'info',
      summary: `${voice.name}: watched again (was: ${trouble.reason})`,
      consoleUrl: voice.consoleUrl,
    },
  );
  return { record: { ...rest, sequence: record.sequence + 1 }, events: [event] };
}
