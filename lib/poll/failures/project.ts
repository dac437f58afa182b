import { isDeepStrictEqual } from 'node:util';
import { defined } from '../../base/defined.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import { type Cooldown, newStream, type ProjectState, type Stream } from '../../migration/model/state.ts';
import type { Update } from '../../migration/model/update.ts';
import { cooldownAfter, isOf } from '../../migration/project/cooldown.ts';
import { detectDegraded } from '../../migration/project/degraded.ts';
import {
  classifyProject,
  detectProject,
  type ProjectHealth,
  projectSubject,
  type WatchedProject,
} from '../../migration/project/health.ts';
import { isLookedAtDue } from '../../migration/schedule.ts';
import { projectRecordId, taskRecordId } from '../../records/keys.ts';
import { outcomesOf } from '../pass/call-outcomes.ts';
import { answersOf, discoveryOf, type EntryResults } from './results.ts';

/** The entries of one project: at least one. */
export type ProjectResults = readonly [EntryResults, ...EntryResults[]];

/**
 * Evaluates the looks of all entries of a project together and saves the health of the project.
 *
 * @returns whether the project as a whole is failing
 */
export async function evaluateProject(results: ProjectResults): Promise<boolean> {
  const { projectId, records, commit, context } = results[0].entry.pass;
  const id = projectRecordId(projectId);
  const before = records.find(id);
  const now = new Date(context.clock.now());
  const health = healthOf(results);

  const update = updateProject(before, results, health, now);
  const news = projectChanges(before?.state, results, now);
  if (update !== undefined || news !== undefined) {
    const stream = update?.stream ?? before ?? newStream<ProjectState>(now, {});
    const state = defined<ProjectState>({ ...stream.state, ...news });
    await commit(id, { stream: { ...stream, state }, events: update?.events ?? [] }, records);
  }
  return health.kind === 'failing';
}

function healthOf(results: ProjectResults): ProjectHealth {
  const looks = results.flatMap((one) => one.looks.map(({ look }) => look));
  return classifyProject(looks, bestOf(results.flatMap((one) => discoveryOf(one) ?? [])));
}

/** One list that was read proves that the project can be reached. */
function bestOf(lists: readonly LookResult[]): LookResult | undefined {
  return lists.find(({ kind }) => kind === 'seen') ?? lists.find(({ kind }) => kind === 'failed') ?? lists[0];
}

/** Detects that looks or enrichment calls begin or cease to fail. */
function updateProject(
  before: Stream<ProjectState> | undefined,
  results: ProjectResults,
  health: ProjectHealth,
  now: Date,
): Update<ProjectState> | undefined {
  const project = watchedProjectOf(results);
  const looks = detectProject(before, health, project, now);
  const outcomes = health.kind === 'failing' ? {} : outcomesOf(results.map(({ entry }) => entry));
  const calls = detectDegraded(looks?.stream ?? before, outcomes, projectSubject(project), now);
  if (looks === undefined || calls === undefined) return looks ?? calls;
  return { stream: calls.stream, events: [...looks.events, ...calls.events] };
}

/** A project has the name of its first entry, and the tasks of all. */
function watchedProjectOf(results: ProjectResults): WatchedProject {
  const tasks = results.reduce((sum, { plan }) => sum + plan.watches.length, 0);
  return { ...results[0].entry.project, tasks };
}

/** Changes of a project's record. Without cooldowns, the project no longer cools down. */
interface ProjectChanges {
  readonly sweptAt?: string;
  readonly lookedAt?: string;
  readonly cooldowns: readonly Cooldown[] | undefined;
}

/** @returns nothing when no change is worth a write */
function projectChanges(
  before: ProjectState | undefined,
  results: ProjectResults,
  now: Date,
): ProjectChanges | undefined {
  const known = before?.cooldowns ?? [];
  const cooldowns = cooldownsAfter(known, results, now);
  const sweeps = results.some(({ plan, entry }) => plan.sweeps && !entry.isCoolingDown);
  const notes = isWorthNoting(before?.lookedAt, results, now);
  if (!sweeps && !notes && isDeepStrictEqual(cooldowns, known)) return undefined;
  return {
    ...defined<Partial<ProjectChanges>>({
      sweptAt: sweeps ? now.toISOString() : undefined,
      lookedAt: notes ? now.toISOString() : undefined,
    }),
    cooldowns: cooldowns.length === 0 ? undefined : cooldowns,
  };
}

/**
 * Cooldowns of a project after a tick, one for each endpoint and key of its entries.
 *
 * @param before the cooldowns in the project's record
 */
function cooldownsAfter(
  before: readonly Cooldown[],
  results: readonly EntryResults[],
  now: Date,
): readonly Cooldown[] {
  const byAccess = Map.groupBy(results, ({ entry }) => entry.project.endpointFingerprint);
  return [...byAccess.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { project, pass } = first.entry;
    const own = before.find((one) => isOf(one, project));
    const answers = [first, ...others].flatMap(answersOf);
    return cooldownAfter(own, answers, { access: project, all: pass.cooldowns, now }) ?? [];
  });
}

/**
 * Whether a replicating task was seen and the stored time of the last look is old. One time stands for all tasks of the
 * project, so a project with a quota stores none.
 */
function isWorthNoting(lookedAt: string | undefined, results: ProjectResults, now: Date): boolean {
  if (results.some(({ entry }) => entry.quota !== undefined)) return false;
  return results.some(({ entry, looks }) =>
    looks.some(({ watch: { taskId, thresholds }, look }) => {
      if (look.kind !== 'seen' || !isLookedAtDue(lookedAt, thresholds.cutover.figuresValidForMs, now))
        return false;
      const task = entry.pass.records.find(taskRecordId(taskId))?.state;
      return task?.standing?.phase === 'incremental' && task.run?.figures !== undefined;
    }),
  );
}
