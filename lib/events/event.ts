import { createHash } from 'node:crypto';
import type { Phase, Severity } from './phase.ts';

export const SEVERITIES = ['info', 'action', 'success', 'failure'] as const satisfies readonly Severity[];

/** The types of events. In `when.events` of the configuration they stand without the `dcs.` prefix. */
export const EVENT_TYPES = [
  'dcs.migration.first_seen',
  'dcs.migration.status_changed',
  'dcs.migration.gone',
  'dcs.migration.progress',
  'dcs.migration.cutover_ready',
  'dcs.migration.cutover_unready',
  'dcs.migration.cutover_blocked',
  'dcs.migration.regressed',
  'dcs.migration.stalled',
  'dcs.migration.resumed',
  'dcs.migration.forgotten',
  'dcs.migration.ip_switched',
  'dcs.migration.ip_rolled_back',
  'dcs.group.ready',
  'dcs.group.failed',
  'dcs.group.finished',
  'dcs.group.retracted',
  'dcs.watch.failing',
  'dcs.watch.restored',
  'dcs.watch.degraded',
  'dcs.watch.channel_broken',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** A status, the phase it means, and since when our own clock knows it (ISO 8601, UTC). */
export interface Standing {
  readonly status: string;
  readonly phase: Phase;
  readonly since: string;
  /** The status alone does not say the phase: it was concluded from the task's statistics. */
  readonly derived?: true;
  /** The IP switch was rolled back: clients are at the source, whatever the status reads. */
  readonly rolledBack?: true;
  /** What could not be ruled out when this was told. */
  readonly unchecked?: 'deleted' | 'rolled back';
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

/** Where the full synchronisation is; on `migration.progress`. */
export interface Progress {
  readonly percent: number;
  /** The mark that was passed. */
  readonly mark: number;
  /** Since the last mark, or since the phase began. */
  readonly percentPerHour?: number;
  /** If it goes on as fast as that. */
  readonly secondsLeft?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  /** Traffic into the target, KB/s. */
  readonly inputKbps?: number;
  readonly opsPerSecond?: number;
}

/** What being ready for the cut-over rests on, or why it is not so; on `migration.cutover_*` and `migration.forgotten`. */
export interface Readiness {
  /** How far the target is behind; 0: not at all. See `bytesWords` for its unit. */
  readonly offset?: number;
  readonly maxOffset: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly keyGapPercent?: number;
  readonly maxKeyGapPercent: number;
  /** For so many looks in a row. */
  readonly looks: number;
  /** What is announced is taken back above one of these, for so many looks in a row. */
  readonly unreadyOffset?: number;
  readonly unreadyKeyGapPercent?: number;
  readonly unreadyLooks?: number;
  /** Where it is not ready: why. */
  readonly reason?: string;
  /** Where it is not ready: what is not met, or not known. */
  readonly unmet?: readonly Unmet[];
  /** On `cutover_unready`: the id of the event that is taken back. */
  readonly retracts?: string;
}

/** What keeps a replication from being in step; or what must be known to say so, and is not. */
export type Unmet = 'lag' | 'keys' | 'not migrating' | 'lag unknown' | 'keys unknown';

/** What does not move; on `migration.stalled` and `migration.resumed`. */
export interface Stall {
  readonly kind: 'no progress' | 'lag grows';
  readonly since: string;
  readonly percent?: number;
  readonly targetKeys?: number;
  readonly offset?: number;
  readonly inputKbps?: number;
}

/** Why a migration failed, as far as the service says. */
export interface Dossier {
  readonly errorMessage?: string;
  /** The last lines of level ERROR, oldest first. */
  readonly log: readonly { readonly at?: string; readonly message: string }[];
  /** What to do about a known cause, and where that is written. */
  readonly advice?: {
    readonly cause: string;
    readonly text: string;
    readonly source: string;
    /** The address that the text names: of the migration machine. */
    readonly address?: string;
  };
  /** What could not be read. */
  readonly unknown: readonly string[];
}

/** A migration from first sight to end; with its last event. Times are those of our own clock. */
export interface Report {
  readonly watchedSince: string;
  readonly phases: readonly { readonly phase: Phase; readonly seconds: number }[];
  /** The largest lag that was seen; within ten percent. */
  readonly peakOffset?: number;
  /** How often it fell back from incremental replication to a full synchronisation. */
  readonly resynchronisations: number;
  /** The first and the last of them, in order; of reminders the last. */
  readonly told: readonly { readonly type: string; readonly at: string }[];
  /** How many more were told. */
  readonly unlisted?: number;
}

/** A member of a group, as far as its events need it. */
export interface GroupMember {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly phase: Phase;
  readonly ready: boolean;
  /** Of one whose replication has ended, or whose clients were switched. */
  readonly lastFigures?: LastFigures;
}

export interface EventGroup {
  readonly name: string;
  /** How many tasks it has. */
  readonly size: number;
  /** The projects of its tasks, by the names that the configuration gives them. */
  readonly projects: readonly string[];
  /** The first hundred tasks, those first that need a look. */
  readonly members: readonly GroupMember[];
  /** On `group.retracted`: which word is taken back, the id of its event, and why. */
  readonly retracts?: { readonly type: EventType; readonly id: string; readonly reason: string };
}

export interface EventData {
  readonly task?: EventTask;
  readonly project?: EventProject;
  readonly group?: EventGroup;
  /** The channel that cannot be told anything, of several the first; on `watch.channel_broken`. */
  readonly channel?: { readonly name: string; readonly reason: string };
  /** All of them, of more than two hundred the first, and since when each is broken (ISO 8601, UTC). */
  readonly channels?: readonly { readonly name: string; readonly reason: string; readonly since: string }[];
  readonly from?: Standing;
  readonly to?: Standing;
  /** Where the task stands; on events that are not about arriving somewhere. */
  readonly standing?: Standing;
  /** Phases that must have begun and ended between two looks, and the times between which they did. */
  readonly notObserved?: {
    readonly phases: readonly Phase[];
    readonly after: string;
    readonly before: string;
  };
  /** What this rests on could not be checked, and why. */
  readonly unchecked?: string;
  readonly progress?: Progress;
  readonly readiness?: Readiness;
  /** Where a replication has ended, or clients were switched to its target. */
  readonly lastFigures?: LastFigures;
  readonly stall?: Stall;
  /** On `migration.regressed`: how often it has fallen back to a full synchronisation by now. */
  readonly resynchronisations?: number;
  /** On `migration.forgotten`, and on what is said again of the watcher: how many reminders there were before. */
  readonly reminders?: number;
  readonly dossier?: Dossier;
  readonly report?: Report;
  /** An automatic action may rest on this until then (ISO 8601, UTC), and on no event of the task with a lower sequence. */
  readonly validUntil?: string;
  /** The event's own `sequence`, for whoever keeps only `data`: an action with a lower one is outdated. */
  readonly sequence?: string;
  /** The id of the event that said the same before, where that was too long ago for an action to rest on it. */
  readonly renews?: string;
  /** Which event it is of those that its record tells, without a gap: 1, 2, 3 … Absent from those of older versions. */
  readonly number?: number;
  /** Why looks fail; on `watch.failing` and `watch.restored`. */
  readonly reason?: LookFailure;
  /** One line more about `reason`: HTTP status, error code and what to do. */
  readonly detail?: string;
  readonly severity: Severity;
  /** The event in one line of plain text. */
  readonly summary: string;
  /** Where a person can look it up; absent where no console is known. */
  readonly consoleUrl?: string;
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
  /** Grows with the events of one source, also when its record was lost; ten digits, so that it sorts as text. */
  readonly sequence: string;
  /** `data.severity`, for brokers that filter by attributes. */
  readonly severity: Severity;
  /** Where the task stands, on events that say so; for brokers, too. */
  readonly phase?: Phase;
  /** `data.validUntil`, as the CloudEvents extension for expiry calls it. */
  readonly expirytime?: string;
  /** It was played in a rehearsal: nothing of it has happened. */
  readonly drill?: true;
  readonly data: EventData;
}

/** What an event is about, as receivers know it: `sequence` counts within the source. */
export interface EventOrigin {
  /** A URI-reference. */
  readonly source: string;
  /** The id of a task or a project, the name of a group. */
  readonly subject: string;
}

/** What the run that notices something gives its events. */
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
  /** Of its record. */
  readonly sequence: number;
  readonly now: Date;
  readonly type: EventType;
  readonly data: EventData;
}

/**
 * Makes an event. Its id stands for every byte of it, and for the run that made it: two runs that notice the same change
 * call it by two ids, of which only the one that is stored is ever told.
 */
export function makeEvent({ origin, stamp, sequence, now, type, data }: EventParts): MigrationEvent {
  const phase = data.to?.phase ?? data.standing?.phase;
  const { validUntil } = data;
  const event = {
    type,
    source: origin.source,
    subject: origin.subject,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence: sequenceText(sequence),
    severity: data.severity,
    ...(phase !== undefined && { phase }),
    ...(validUntil !== undefined && { expirytime: validUntil }),
    ...(stamp.drill && { drill: stamp.drill }),
    data,
  } as const;
  return { specversion: '1.0', id: idOf(event, stamp), ...event };
}

/** In 2255; later than this no clock is believed, so that ten digits are enough whatever a wrong one has said. */
const LATEST_CLOCK = 8_999_999_999;

/**
 * The number of the next event of a record: above the last one, and not below the time in seconds since the epoch. A
 * record that was lost, or is an old one that was restored, does not know what was told: it goes on above it all the same.
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

/** 96 bits of a hash are plenty to tell the events of all receivers apart. */
function idOf(event: Omit<MigrationEvent, 'specversion' | 'id'>, { nonce }: Stamp): string {
  const hash = createHash('sha256')
    .update(`${nonce}\n${JSON.stringify(event)}`)
    .digest('hex');
  return `evt_${hash.slice(0, 24)}`;
}

/** Why a look failed, in the words that people read. */
export type LookFailure =
  | 'not found'
  | 'not authorised'
  | 'refused'
  | 'throttled'
  | 'unreachable'
  | 'unreadable answer';
/** How far the target of a replication was when it ended, or when clients were switched to it. */
export interface LastFigures {
  /** `unknown`: nobody ever knew, or it was too long ago. */
  readonly state: 'in step' | 'behind' | 'unknown';
  /** When they were seen last, as far as that was written down (ISO 8601, UTC); absent where they never were. */
  readonly at?: string;
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly keyGapPercent?: number;
  /** All of it in words: `9 GB behind, 60 % of the keys missing`. */
  readonly words: string;
}
