import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import type { DATA, ENVELOPE } from './schema.ts';

type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

/** A field of the data, as TypeScript sees it. */
type Field<Name extends keyof typeof DATA> = Immutable<z.output<(typeof DATA)[Name]>>;

export type EventType = z.output<typeof ENVELOPE.type>;

/** A status, the phase it means, and since when our own clock knows it (ISO 8601, UTC). */
export type Standing = Field<'standing'>;

/** The task as events and messages show it. */
export type EventTask = Field<'task'>;

/** Where the full synchronisation is; on `migration.progress`. */
export type Progress = Field<'progress'>;

/** The basis of a readiness for the cut-over, or of its absence; on `migration.cutover_*` and `migration.forgotten`. */
export type Readiness = Field<'readiness'>;

/** A condition of a replication in step that is not met, or not known. */
export type Unmet = NonNullable<Readiness['unmet']>[number];

/** How far the target of a replication was when it ended, or when clients were switched to it. */
export type LastFigures = Field<'lastFigures'>;

/** A migration that does not move; on `migration.stalled` and `migration.resumed`. */
export type Stall = Field<'stall'>;

/** Why a migration failed, as far as the service says. */
export type Dossier = Field<'dossier'>;

/** A migration from first sight to end; with its last event. Times are those of our own clock. */
export type Report = Field<'report'>;

export type EventGroup = Field<'group'>;

/** A member of a group, as far as its events need it. */
export type GroupMember = EventGroup['members'][number];

/** Why a look failed. */
export type LookFailure = Field<'reason'>;

/** Why a readiness is not so. */
export type Because = NonNullable<Readiness['because']>;

/** A good end that may be none: a deletion, or a roll-back. */
export type NotChecked = Field<'notChecked'>;

/** A call about a failure that gave no answer. */
export type Unread = NonNullable<Dossier['unread']>[number];

/** The answer of DCS to a call that failed, or why there was none. */
export type Answer = Field<'answer'>;

/** Tasks of a group that a sentence names, and the number of the others. */
export type NamedTasks = NonNullable<EventGroup['failed']>;

/** All fields that some event holds; each event holds those of its type. */
type Fields = { readonly [Name in Exclude<keyof typeof DATA, 'summary'>]?: Field<Name> };

/** The codes and figures of an event: everything that its sentence needs. */
export interface EventFacts extends Fields {
  readonly severity: Field<'severity'>;
}

/** The names of those that an event concerns. */
export interface Concerned {
  readonly task?: Field<'task'>;
  readonly group?: Field<'group'>;
  readonly project?: Field<'project'>;
}

export interface EventData extends EventFacts {
  readonly summary: Field<'summary'>;
}

type Envelope = typeof ENVELOPE;
/** Attributes that only some types of events have. */
type Optional = 'phase' | 'expirytime' | 'drill';
type Identity = 'specversion' | 'id';
type Identified = { readonly [Name in Identity]: z.output<Envelope[Name]> };
type Always = { readonly [Name in Exclude<keyof Envelope, Optional | Identity>]: z.output<Envelope[Name]> };
type Sometimes = { readonly [Name in Optional]?: z.output<Envelope[Name]> };

/** Everything that an id stands for. */
interface EventContent extends Always, Sometimes {
  readonly data: EventData;
}

/**
 * One persisted difference between two observations, in the form in which receivers get it (CloudEvents 1.0,
 * structured). Stored as it is and never touched again, so that every attempt sends the same bytes.
 */
export interface MigrationEvent extends Identified, EventContent {}

/** The subject of an event, as receivers know it: `sequence` counts within the source. */
export interface EventOrigin {
  /** A URI-reference. */
  readonly source: string;
  /** The id of a task or a project, the name of a group. */
  readonly subject: string;
}

/** The mark that a run leaves on its events. */
export interface Stamp {
  /**
   * Random, for each run another one. Ids depend on it: a store that forgets an acknowledged write makes the same number
   * of the same record another event's, and receivers drop what comes under an id that they know.
   */
  readonly nonce: string;
  readonly drill?: true;
}

export interface EventParts {
  readonly origin: EventOrigin;
  readonly stamp: Stamp;
  /** The number that its record gives it. */
  readonly sequence: number;
  readonly now: Date;
  readonly type: EventType;
  readonly data: EventData;
}

/**
 * Makes an event. Its id stands for every byte of it, and for the run that made it: two runs that notice the same change
 * call it by two ids, of which only the one that is stored is ever sent.
 */
export function makeEvent({ origin, stamp, sequence, now, type, data }: EventParts): MigrationEvent {
  const phase = data.to?.phase ?? data.standing?.phase;
  const event: EventContent = defined({
    type,
    source: origin.source,
    subject: origin.subject,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence: sequenceText(sequence),
    severity: data.severity,
    phase,
    expirytime: data.validUntil,
    drill: stamp.drill,
    data,
  });
  return { specversion: '1.0', id: idOf(event, stamp), ...event };
}

/** In 2255; later than this no clock is believed, so that ten digits are enough whatever a wrong one has shown. */
const LATEST_CLOCK = 8_999_999_999;

/**
 * The number of the next event of a record: above the last one, and not below the time in seconds since the epoch. A
 * record that was lost, or is an old one that was restored, does not know what was sent: it goes on above it all the same.
 * A clock that is set back changes nothing for a record that remembers.
 *
 * @param last number that the record knows of
 */
export function nextSequence(last: number, now: Date): number {
  return Math.max(last + 1, Math.min(Math.floor(now.getTime() / 1000), LATEST_CLOCK));
}

/** Ten digits, so that it sorts as text. */
export function sequenceText(sequence: number): string {
  return String(sequence).padStart(10, '0');
}

/** 96 bits of a hash are plenty to distinguish the events of all receivers. */
function idOf(event: object, { nonce }: Stamp): string {
  const hash = createHash('sha256')
    .update(`${nonce}\n${JSON.stringify(event)}`)
    .digest('hex');
  return `evt_${hash.slice(0, 24)}`;
}
