import { defined } from '../base/defined.ts';
import type { EventFacts, EventType, MigrationEvent } from './event.ts';

/** Where a task or a group stands, in the codes and figures of events: the content of a message that is edited. */
export interface Overview {
  /** The event that would say it: it decides how grave it is. */
  readonly type: EventType;
  /** The id of the task, the name of the group. */
  readonly subject: string;
  /** When its figures were read (ISO 8601, UTC). */
  readonly at: string;
  readonly facts: EventFacts;
  /** Where people look it up; empty where no console is known. */
  readonly consoleUrl: string;
  readonly drill?: true;
}

/** As far as an event has it. */
export function overviewOfEvent({ type, subject, time, data, drill }: MigrationEvent): Overview {
  const { task, group, to, standing = to, progress, readiness, stall, lastFigures, reason, severity } = data;
  const facts = { task, group, standing, progress, readiness, stall, lastFigures, reason, severity };
  return defined({
    type,
    subject,
    at: time,
    facts: defined<EventFacts>(facts),
    consoleUrl: data.consoleUrl ?? '',
    drill,
  });
}
