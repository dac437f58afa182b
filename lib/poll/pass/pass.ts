import type { Discover } from '../../migration/discovery/discovery.ts';
import type { CallResult, ListedTask, ProjectFacts } from '../../migration/model/enrichment.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import type { Baseline, Cooldown, EnrichmentCall } from '../../migration/model/state.ts';
import type { Watch } from '../../migration/model/watch.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { Summary } from '../../records/summary.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import type { Pace, TickProject } from '../target.ts';
import type { PolledEntry } from './polled-entry.ts';
import type { TaskList } from './task-list.ts';

/** A project before a pass. Its entries of the configuration share its records. */
export interface PassStart {
  readonly entries: readonly TickProject[];
  readonly records: PartitionRecords;
  /** The entries as the first pass of this tick left them; empty in the first pass. */
  readonly earlier: readonly PolledEntry[];
  /** Cooldowns of all projects, as they were before the pass. */
  readonly cooldowns: readonly Cooldown[];
  readonly quotas: Quotas;
  /** The summary of the last looks; empty where no entry has a quota. */
  readonly summary: Summary;
}

/** One pass over a project. */
export interface ProjectPass extends PassStart {
  readonly projectId: string;
  /** Ids (in their plain form) of the tasks that an entry names. */
  readonly named: ReadonlySet<string>;
  /** When the looks of this pass must be over. By {@link Clock.elapsed}. */
  readonly lookUntil: number;
  readonly now: Date;
  readonly commit: Commit;
  readonly context: TickContext;
}

/** The result of one enrichment call. */
export interface CallAnswer {
  readonly call: EnrichmentCall;
  readonly answer: CallResult<unknown>;
}

/**
 * The result of one look at a task, kept until all looks are done. The observation is saved and left out: thousands of
 * them add up.
 */
export interface TaskLook {
  readonly watch: Watch;
  readonly look: LookResult;
}

/** One entry of the configuration in one pass over its project. */
export interface EntryPass {
  readonly pass: ProjectPass;
  readonly project: TickProject;
  /** The entry after the first pass of this tick; absent in the first pass. */
  readonly earlier: PolledEntry | undefined;
  /** The requests that the entry's looks may use, where the rate does not allow a look at every task. */
  readonly quota: number | undefined;
  /** No request may go to the endpoint, or use the key. */
  readonly isCoolingDown: boolean;
  readonly taskList: TaskList;
  /** Facts of the project as they were before the first look of this pass. */
  readonly facts: ProjectFacts;
  /** The baseline that the discovery goes on from, as it was before this pass. */
  readonly baseline: Baseline | undefined;
  /** Enrichment calls for single tasks. */
  readonly calls: CallAnswer[];
}

/** The looks that one pass plans for one entry. */
export interface Plan {
  readonly watches: readonly Watch[];
  /** False when a list that was not read may have further tasks. */
  readonly isComplete: boolean;
  /** Watches to be looked at now, in this order. */
  readonly due: readonly Watch[];
  /** Watches to be looked at after the due ones, as far as there is time: their tasks ended long ago. */
  readonly seldom: readonly Watch[];
  /** Set when it is the turn of the tasks that ended long ago. */
  readonly sweeps: boolean;
  /** The project's list by the plain ids of its tasks, where it was read before the looks. */
  readonly rows?: ReadonlyMap<string, ListedTask> | undefined;
  /** The number of tasks that are left for a later tick, because the rate does not allow a look at each. */
  readonly left?: number | undefined;
  /** Watches left for later although their tasks are announced as ready and have had no look for minutes. */
  readonly staleReady?: readonly Watch[] | undefined;
  /** The baseline of the discovery, if it is to be saved anew. */
  readonly baseline?: Baseline;
  /** The notice that no task matches the pattern, if it is to be logged. */
  readonly unmatched?: UnmatchedPattern;
}

/** The looks of one entry in one pass. */
export interface EntryLooks {
  readonly entry: EntryPass;
  readonly plan: Plan;
  readonly looks: readonly TaskLook[];
}

/** The settings of an entry that decide its quota. */
export interface LimitedEntry {
  readonly name: string;
  readonly watches: readonly Watch[];
  readonly discover?: Discover;
  readonly pace: Pace;
  readonly endpointFingerprint: string;
}

/**
 * The requests that each entry may use for its looks in one pass. Entries whose rate allows a look at every task have
 * none.
 */
export type Quotas = ReadonlyMap<LimitedEntry, number>;

/** A pattern that matches no task. */
export interface UnmatchedPattern {
  /** The pattern that was logged: each is logged once. */
  readonly mark: string;
  /** An empty list may be as it should be; a pattern that matches none of many tasks is most likely mistyped. */
  readonly kind: 'notice' | 'problem';
  readonly message: string;
}
