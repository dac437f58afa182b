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
import { outcomesOf } from '../project/call-outcomes.ts';
import { answersOf, discoveryOf, type JudgedEntry } from './judged.ts';

/** The entries of one project: at least one. */
export type JudgedProject = readonly [JudgedEntry, ...JudgedEntry[]];

/**
 * Judges the looks of all entries of a project together and saves what that says of the project.
 *
 * @returns whether the project as a whole is failing
 */
export async function judgeAsProject(judged: JudgedProject): Promise<boolean> {
  const { projectId, records, commit, context } = judged[0].entry.pass;
  const id = projectRecordId(projectId);
  const before = records.find(id);
  const now = new Date(context.clock.now());
  const health = healthOf(judged);

  const update = updateProject(before, judged, health, now);
  const news = bookkeeping(before?.state, judged, now);
  if (update !== undefined || news !== undefined) {
    const stream = update?.stream ?? before ?? newStream<ProjectState>(now, {});
    const state = defined<ProjectState>({ ...stream.state, ...news });
    await commit(id, { stream: { ...stream, state }, events: update?.events ?? [] }, records);
  }
  return health.kind === 'failing';
}

function healthOf(judged: JudgedProject): ProjectHealth {
  const looks = judged.flatMap((one) => one.looks.map(({ look }) => look));
  return classifyProject(looks, bestOf(judged.flatMap((one) => discoveryOf(one) ?? [])));
}

/** One list that was read shows that the project can be asked. */
function bestOf(lists: readonly LookResult[]): LookResult | undefined {
  return lists.find(({ kind }) => kind === 'seen') ?? lists.find(({ kind }) => kind === 'failed') ?? lists[0];
}

/** Whether looks, or calls beside them, begin or cease to fail. */
function updateProject(
  before: Stream<ProjectState> | undefined,
  judged: JudgedProject,
  health: ProjectHealth,
  now: Date,
): Update<ProjectState> | undefined {
  const project = speakerOf(judged);
  const looks = detectProject(before, health, project, now);
  const outcomes = health.kind === 'failing' ? {} : outcomesOf(judged.map(({ entry }) => entry));
  const calls = detectDegraded(looks?.stream ?? before, outcomes, projectSubject(project), now);
  if (looks === undefined || calls === undefined) return looks ?? calls;
  return { stream: calls.stream, events: [...looks.events, ...calls.events] };
}

/** A project speaks in the name of its first entry, with the tasks of all. */
function speakerOf(judged: JudgedProject): WatchedProject {
  const tasks = judged.reduce((sum, { plan }) => sum + plan.watches.length, 0);
  return { ...judged[0].entry.project, tasks };
}

/** The changed cooldowns; without any, the project no longer cools down. */
interface Bookkeeping {
  readonly sweptAt?: string;
  readonly lookedAt?: string;
  readonly cooldowns: readonly Cooldown[] | undefined;
}

/** @returns nothing when nothing changed that is worth a write */
function bookkeeping(
  before: ProjectState | undefined,
  judged: JudgedProject,
  now: Date,
): Bookkeeping | undefined {
  const known = before?.cooldowns ?? [];
  const cooldowns = cooldownsAfter(known, judged, now);
  const sweeps = judged.some(({ plan, entry }) => plan.sweeps && !entry.isCoolingDown);
  const notes = isWorthNoting(before?.lookedAt, judged, now);
  if (!sweeps && !notes && isDeepStrictEqual(cooldowns, known)) return undefined;
  return {
    ...defined<Partial<Bookkeeping>>({
      sweptAt: sweeps ? now.toISOString() : undefined,
      lookedAt: notes ? now.toISOString() : undefined,
    }),
    cooldowns: cooldowns.length === 0 ? undefined : cooldowns,
  };
}

/**
 * Cooldowns of a project after a tick, one for each endpoint and key of its entries.
 *
 * @param before those that its record remembers
 */
function cooldownsAfter(
  before: readonly Cooldown[],
  judged: readonly JudgedEntry[],
  now: Date,
): readonly Cooldown[] {
  const byAccess = Map.groupBy(judged, ({ entry }) => entry.project.endpointFingerprint);
  return [...byAccess.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { project, pass } = first.entry;
    const own = before.find((one) => isOf(one, project));
    const answers = [first, ...others].flatMap(answersOf);
    return cooldownAfter(own, answers, { access: project, all: pass.cooldowns, now }) ?? [];
  });
}

/** Whether a task was seen to replicate, and that was not written down lately. It is said of all tasks, or not at all. */
function isWorthNoting(lookedAt: string | undefined, judged: JudgedProject, now: Date): boolean {
  if (judged.some(({ entry }) => entry.quota !== undefined)) return false;
  return judged.some(({ entry, looks }) =>
    looks.some(({ watch: { taskId, thresholds }, look }) => {
      if (look.kind !== 'seen' || !isLookedAtDue(lookedAt, thresholds.cutover.figuresValidForMs, now))
        return false;
      const task = entry.pass.records.find(taskRecordId(taskId))?.state;
      return task?.standing?.phase === 'incremental' && task.run?.figures !== undefined;
    }),
  );
}
