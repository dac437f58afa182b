import type { Explanation } from '../base/explanation.ts';
import type { EventFacts, Unmet } from '../events/event.ts';
import type { Phase, Severity } from '../events/phase.ts';
import type { Point } from '../migration/model/series.ts';

/** Everything that is known, from the stored state alone. Times are ISO 8601, UTC; spans are milliseconds. */
export interface Status {
  /** When the state was read. */
  readonly at: string;
  /** The last good tick that left a mark. */
  readonly lastTick?: LastTick;
  /** In the order of the configuration; discovered tasks behind those that their project names. */
  readonly tasks: readonly TaskStatus[];
  readonly groups: readonly GroupStatus[];
  readonly projects: readonly ProjectStatus[];
  readonly channels: readonly ChannelStatus[];
  /** Mutes that hold now. */
  readonly mutes: readonly MuteStatus[];
  /** Parts of the state that could not be read, and what nobody will deliver; one line each. */
  readonly problems: readonly string[];
}

/** A tick that saw something, or had nothing to look at, and saved everything. */
export interface LastTick {
  readonly at: string;
  readonly tasks: number;
  readonly failedLooks: number;
  readonly ms: number;
  /** Between two ticks of that watcher; absent where an older version left the mark. */
  readonly intervalMs?: number;
  /** Five intervals ago, and five minutes at least: see whether the watcher still runs. */
  readonly isOld: boolean;
}

export const READINESS_STATES = ['ready', 'not ready', 'not known', 'does not apply'] as const;
type ReadinessState = (typeof READINESS_STATES)[number];

/** Whether a task may be cut over, or which condition is not met. */
export interface ReadinessStatus {
  readonly state: ReadinessState;
  readonly since?: string;
  readonly unmet: readonly Unmet[];
  /** In English. */
  readonly words: string;
}

/** Looks that fail. */
export interface FailingStatus {
  readonly since: string;
  readonly reason: string;
  /** Failed looks in a row, as far as they were counted. */
  readonly looks: number;
  /** In English. */
  readonly words: string;
}

/** The full copy. */
export interface ProgressStatus {
  readonly percent?: number;
  /** At the present speed. */
  readonly remainingMs?: number;
  readonly ratePercentPerHour?: number;
}

/** The lag of a replication, and when it was last known. */
export interface LagStatus {
  readonly bytes: number;
  readonly at: string;
}

/** Key counts, and when they were last known. */
export interface KeysStatus {
  readonly source?: number;
  readonly target?: number;
  readonly gapPercent?: number;
  readonly at: string;
}

/** Deliveries of events about one subject, or to one channel. */
export interface DeliveryCounts {
  /** Those that quiet hours hold included. */
  readonly pending: number;
  readonly held: number;
  readonly dead: number;
}

/** A project as its tasks name it. */
export interface ProjectName {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

export interface PastEvent {
  readonly time: string;
  readonly type: string;
  /** In English. */
  readonly summary: string;
  /** The facts behind it, for other languages; absent where the state has the words alone. */
  readonly facts?: EventFacts;
}

export interface TaskStatus {
  readonly id: string;
  readonly name?: string;
  readonly project: ProjectName;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent until the first good look. */
  readonly phase?: Phase;
  /** As DCS names it. */
  readonly status?: string;
  /** The beginning of this phase. */
  readonly since?: string;
  /** How grave it is now. */
  readonly severity: Severity;
  readonly progress?: ProgressStatus;
  readonly lag?: LagStatus;
  readonly keys?: KeysStatus;
  readonly readiness: ReadinessStatus;
  readonly stalledSince?: string;
  readonly failing?: FailingStatus;
  /** The last good look, as far as the state shows: it may have been later, and was not earlier. */
  readonly lastLookAt?: string;
  /** For people, as the answers of DCS name them. */
  readonly source?: string;
  readonly target?: string;
  readonly consoleUrl?: string;
  readonly deliveries: DeliveryCounts;
  readonly mutedUntil?: string;
  /** At most five, newest last. */
  readonly lastEvents: readonly PastEvent[];
  /** The bounded series, oldest first. */
  readonly figures: readonly Point[];
}

export const ANNOUNCEMENTS = ['ready', 'failed', 'finished'] as const;
export type GroupAnnouncement = (typeof ANNOUNCEMENTS)[number];

export interface GroupStatus {
  readonly name: string;
  readonly tasks: number;
  readonly ready: number;
  readonly done: number;
  readonly failed: number;
  /** The announcements that still stand. */
  readonly announced: readonly GroupAnnouncement[];
  readonly mutedUntil?: string;
}

export interface ProjectStatus extends ProjectName {
  readonly failing?: FailingStatus;
  /** Nobody calls its endpoint, or uses its key, before. */
  readonly cooldownUntil?: string;
  /** Calls beside ShowMigrationTask that do not work, as DCS names them. */
  readonly degraded: readonly string[];
  readonly mutedUntil?: string;
}

export interface BrokenStatus {
  readonly since: string;
  /** In English. */
  readonly reason: string;
  /** The reason as codes; absent where an older version stored it. */
  readonly explanation?: Explanation;
  readonly nextTryAt: string;
}

export interface ChannelStatus extends DeliveryCounts {
  readonly name: string;
  readonly type: string;
  readonly audience: 'people' | 'programs';
  readonly broken?: BrokenStatus;
  /** Nothing is sent before, though it is not broken. */
  readonly restsUntil?: string;
  readonly quietUntil?: string;
  readonly mutedUntil?: string;
}

export interface MuteStatus {
  readonly id: string;
  readonly scope: 'task' | 'group' | 'project' | 'channel';
  /** The id of the task or project, the name of the group or channel. */
  readonly target: string;
  /** For people. */
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly why: string;
}
