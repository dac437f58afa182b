import { createHash } from 'node:crypto';
import type { LookFailure } from './observation.ts';
import type { Phase, Severity } from './status.ts';

export type { Severity };
export const SEVERITIES = ['info', 'action', 'success', 'failure'] as const satisfies readonly Severity[];

/** The types of events. In `when.events` of the configuration they stand without the `dcs.` prefix. */
export const EVENT_TYPES = [
  'dcs.migration.first_seen',
  'dcs.migration.status_changed',
  'dcs.migration.gone',
  'dcs.watch.failing',
  'dcs.watch.restored',
  'dcs.watch.channel_broken',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A status, the phase it means, and since when our own clock knows it (ISO 8601, UTC). */
export interface Standing {
  readonly status: string;
  readonly phase: Phase;
  readonly since: string;
}

/** The task as events and messages show it. */
export interface EventTask {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** The project's name for people. */
  readonly project: string;
  readonly region: string;
  readonly migrationType?: string;
  readonly migrationMethod?: string;
  readonly source?: { readonly name?: string; readonly address?: string };
  readonly target?: { readonly name?: string; readonly address?: string };
  readonly labels: Readonly<Record<string, string>>;
}

/** The project, for events that concern all its tasks (`task` is absent then). */
export interface EventProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** How many watched tasks are concerned. */
  readonly tasks: number;
}

export interface EventData {
  readonly task?: EventTask;
  readonly project?: EventProject;
  /** The channel that cannot be told anything; on `watch.channel_broken`. */
  readonly channel?: { readonly name: string; readonly reason: string };
  readonly from?: Standing;
  readonly to?: Standing;
  /** Why looks fail; on `watch.failing` and `watch.restored`. */
  readonly reason?: LookFailure;
  /** One line more about `reason`: HTTP status, error code and what to do. */
  readonly detail?: string;
  readonly severity: Severity;
  /** The event in one line of plain text. */
  readonly summary: string;
  readonly consoleUrl: string;
  /** Until when acting on it makes sense (ISO 8601, UTC): later it is not sent again. Absent: always. */
  readonly validUntil?: string;
}

/**
 * One persisted difference between two observations, in the form in which receivers get it (CloudEvents 1.0,
 * structured). Stored as it is and never touched again, so that every attempt sends the same bytes.
 */
export interface MigrationEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: EventType;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Counts the events of one task; ten digits, so that it sorts as text. */
  readonly sequence: string;
  readonly data: EventData;
}

/** What an event is about: a task, or a project as a whole. */
export interface EventOrigin {
  readonly projectId: string;
  readonly region: string;
  /** The task's id; for events about all tasks of a project, the project's. */
  readonly subject: string;
  /** When the record began that the event belongs to. */
  readonly born: string;
}

/**
 * Makes the event with number `sequence` of its record. The id is a function of record and number alone, so two runs
 * that notice the same change call it by the same id.
 */
export function makeEvent(
  origin: EventOrigin,
  sequence: number,
  now: Date,
  type: EventType,
  data: EventData,
): MigrationEvent {
  return {
    specversion: '1.0',
    id: eventId(origin, sequence),
    type,
    source: `/huaweicloud/dcs/${origin.region}/${origin.projectId}`,
    subject: origin.subject,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(sequence).padStart(10, '0'),
    data,
  };
}

/** 96 bits of a hash are plenty to tell the events of all receivers apart. */
function eventId({ projectId, subject, born }: EventOrigin, sequence: number): string {
  const hash = createHash('sha256').update(`${projectId}\n${subject}\n${born}\n${sequence}`).digest('hex');
  return `evt_${hash.slice(0, 24)}`;
}
