import * as z from 'zod/mini';
import { didYouMean } from '../base/nearest.ts';
import type { MigrationEvent } from '../events/event.ts';
import { canonicalStatus, PHASES, SEVERITIES } from '../events/phase.ts';
import { EVENT_TYPES } from '../events/schema/codes.ts';

const PREFIX = 'dcs.';
/** The event types as the configuration writes them. */
export const EVENT_WORDS = EVENT_TYPES.map((type) => type.slice(PREFIX.length));

/** `dcs.migration.gone` as the configuration writes it: `migration.gone`. */
export function wordOfType(type: string): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type;
}

/**
 * An error message for an unknown word. Its most likely correction comes first, because the list of all words may be
 * long.
 */
export function hint(words: readonly string[], expected = oneOf(words)) {
  return ({ input }: { readonly input?: unknown }): string =>
    `${typeof input === 'string' ? didYouMean(wordOfType(input), words) : ''}${expected}`;
}

/** The form of all statuses of Huawei Cloud, which are an open set. Any other text is a mistyped phase. */
const RAW_STATUS = /^[A-Z][A-Z0-9_]*$/;

const statusHint = hint(PHASES, `${oneOf(PHASES)}, or a status of the service such as SUCCESS`);
const rawStatus = z.string().check(z.refine((text) => RAW_STATUS.test(text), { error: statusHint }));

/** Refuses an empty list, which would silence the channel for ever. */
const notEmpty = z.minLength(1, 'expected at least one entry; leave the filter out to get everything');

/**
 * The filter `when` of a channel: an event passes if it passes every given part. An event without the field of a part
 * does not pass it: `watch.failing` has no status for `to`, and events about a whole project or a group have no labels.
 */
export const filterSchema = z
  .strictObject({
    events: z
      .optional(z.array(z.enum(EVENT_WORDS, { error: hint(EVENT_WORDS) })).check(notEmpty))
      .check(z.describe('Event types.')),
    to: z
      .optional(z.array(z.union([z.enum(PHASES), rawStatus], { error: statusHint })).check(notEmpty))
      .check(z.describe('Phases or raw statuses that a task enters. Excludes events without a status.')),
    severity: z
      .optional(z.array(z.enum(SEVERITIES, { error: hint(SEVERITIES) })).check(notEmpty))
      .check(z.describe('Severities; action means that somebody should act.')),
    projects: z
      .optional(z.array(z.string({ error: 'expected the name or id of a project' })).check(notEmpty))
      .check(z.describe('Names or ids of projects. A group belongs to the projects of all its tasks.')),
    groups: z
      .optional(z.array(z.string({ error: 'expected the name of a group' })).check(notEmpty))
      .check(z.describe('Names of groups. Excludes events that are not about a group.')),
    labels: z
      .optional(z.record(z.string(), z.string({ error: 'expected a text' })))
      .check(
        z.describe('Labels; a task must have all of them. Excludes events about a whole project or a group.'),
      ),
  })
  .check(z.describe('The events that this channel gets; without it, every event.'));

export type Filter = z.output<typeof filterSchema>;

/**
 * Whether an event passes a filter; without a filter every event does.
 *
 * @param isFollowUp the event retracts one that passed, so its task is not checked again
 */
export function passes(event: MigrationEvent, filter: Filter | undefined, isFollowUp = false): boolean {
  if (filter === undefined) return true;
  const { events, to, severity, projects, groups, labels } = filter;
  return (
    (events === undefined || events.includes(event.type.slice(PREFIX.length))) &&
    (to === undefined || arrivesAt(event, to)) &&
    (severity === undefined || severity.includes(event.data.severity)) &&
    (projects === undefined || isFollowUp || isOfProject(event, projects)) &&
    (groups === undefined || isOfGroup(event, groups)) &&
    (labels === undefined || isFollowUp || hasLabels(event, labels))
  );
}

/** The service has two spellings of one status, and a filter accepts both. */
function arrivesAt({ data: { to } }: MigrationEvent, wanted: readonly string[]): boolean {
  if (to === undefined) return false;
  return wanted.includes(to.phase) || wanted.map(canonicalStatus).includes(canonicalStatus(to.status));
}

/** A group knows the projects of its members by name alone. */
function isOfProject({ data: { task, project, group } }: MigrationEvent, wanted: readonly string[]): boolean {
  const names = [task?.project, task?.projectId, project?.name, project?.id, ...(group?.projects ?? [])];
  return names.some((name) => name !== undefined && wanted.includes(name));
}

function isOfGroup({ data: { group } }: MigrationEvent, wanted: readonly string[]): boolean {
  return group !== undefined && wanted.includes(group.name);
}

function hasLabels({ data: { task } }: MigrationEvent, wanted: Readonly<Record<string, string>>): boolean {
  if (task === undefined) return false;
  return Object.entries(wanted).every(([label, value]) => task.labels[label] === value);
}

function oneOf(words: readonly string[]): string {
  return `expected one of ${words.join(', ')}`;
}
