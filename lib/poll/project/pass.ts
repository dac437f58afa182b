import type { CallResult, ProjectFacts } from '../../migration/model/enrichment.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import type { Baseline, Cooldown, EnrichmentCall } from '../../migration/model/state.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { isCoolingDown } from '../../migration/project/cooldown.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { Summary } from '../../records/summary.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import { baselineBefore } from '../discovery/baseline.ts';
import type { Quotas } from '../list-first/quotas.ts';
import type { TickProject } from '../target.ts';
import type { PolledEntry } from './polled-entry.ts';
import { cooldownsIn, factsOfProject } from './project-record.ts';
import { createTaskList, type TaskList } from './task-list.ts';

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

/** How one call beside a look ended. */
export interface CallAnswer {
  readonly call: EnrichmentCall;
  readonly answer: CallResult<unknown>;
}

/** How one look at a task ended, kept until all looks are done. Its observation is saved by then: thousands add up. */
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
  /** The requests that its looks may use, where the rate does not allow a look at every task: the list is read first. */
  readonly quota: number | undefined;
  /** The endpoint, or the key, is to be left alone. */
  readonly isCoolingDown: boolean;
  readonly taskList: TaskList;
  /** Facts of the project as they were before the first look of this pass. */
  readonly facts: ProjectFacts;
  /** The baseline that the discovery goes on from, as it was before this pass. */
  readonly baseline: Baseline | undefined;
  /** Calls that were made for single tasks, beside the looks. */
  readonly calls: CallAnswer[];
}

export function entryPass(project: TickProject, pass: ProjectPass): EntryPass {
  const { projectId, records, cooldowns, now, lookUntil, earlier } = pass;
  const own = cooldownsIn(projectId, records);
  const isCold = isCoolingDown(own, { access: project, all: cooldowns, now });
  return {
    pass,
    project,
    earlier: earlier.find((one) => one.project === project),
    quota: pass.quotas.get(project),
    isCoolingDown: isCold,
    taskList: createTaskList(async (trust) =>
      isCold ? { kind: 'skipped', why: 'resting' } : project.list(lookUntil, trust),
    ),
    facts: factsOfProject(projectId, records),
    baseline: baselineBefore(project, pass.entries, records),
    calls: [],
  };
}
