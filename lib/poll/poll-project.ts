import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import { defined } from '../base/defined.ts';
import { reasonOf } from '../base/errors.ts';
import { canonicalStatus } from '../events/phase.ts';
import { observe } from '../migration/detect/detect.ts';
import { neighboursFor } from '../migration/detect/enrich.ts';
import type { Neighbours, OfTheProject } from '../migration/model/enrichment.ts';
import type { Look, LookResult } from '../migration/model/observation.ts';
import { type Cooldown, newRecord, type WatchRecord } from '../migration/model/state.ts';
import type { Noticed } from '../migration/model/update.ts';
import type { Watch } from '../migration/model/watch.ts';
import { discoveryRecordId, projectRecordId, taskRecordId } from '../records/records.ts';
import { asDiscovery, type NeighbourAnswer } from './call-outcomes.ts';
import type { Commit } from './commit.ts';
import type { TickContext } from './context.ts';
import { type Plan, type PlanInput, planFurtherLooks, planLooks, type Sight } from './plan.ts';

/** What one look said, kept until all looks are done. What it saw is saved by then: thousands add up. */
export interface Result {
  readonly watch: Watch;
  readonly look: LookResult;
}
const SEEN: LookResult = { kind: 'seen' };

/** One project in one pass. */
export interface Scene
  extends Pick<
    ProjectLooks,
    'project' | 'records' | 'listing' | 'resting' | 'rests' | 'lookUntil' | 'commit'
  > {
  /** Whether it is the first pass of the tick. */
  readonly isFirst: boolean;
  /** As it was before the first look of this pass. */
  readonly ofProject: OfTheProject;
  /** The neighbouring calls that were made for single tasks. */
  readonly calls: NeighbourAnswer[];
  readonly context: TickContext;
}

export interface ProjectLooks extends PlanInput {
  /** When the looks of this pass must be over. By {@link Clock.elapsed}. */
  readonly lookUntil: number;
  readonly commit: Commit;
  /** The endpoint and the key are to be left alone. */
  readonly resting: boolean;
  /** The rests of all projects, as they were before any look. */
  readonly rests: readonly Cooldown[];
  /** What the first pass of this tick watched; then only the tasks near a change are looked at once more. */
  readonly earlier?: Sight | undefined;
}

/** What the looks of one project said. */
export interface Looks {
  readonly scene: Scene;
  readonly plan: Plan;
  readonly results: readonly Result[];
}

/** Looks at the tasks of a project. What is seen is saved at once; failures are judged when all looks are done. */
export async function lookAtProject(place: ProjectLooks, context: TickContext): Promise<Looks> {
  const { project, records, listing, resting, rests, earlier, now, lookUntil, commit } = place;
  const { random, finishedEveryMs } = context;
  const isFirst = earlier === undefined;
  const ofProject = ofTheProject(place);
  const scene: Scene = {
    project,
    records,
    listing,
    resting,
    rests,
    lookUntil,
    commit,
    isFirst,
    ofProject,
    calls: [],
    context,
  };
  const plan = isFirst ? await planLooks(place, finishedEveryMs) : planFurtherLooks(earlier, records, now);
  await remember(plan, scene);

  const results: Result[] = [];
  const inTurn = [...rotated(plan.due, random()), ...rotated(plan.seldom, random())];
  const due = inTurn.filter(({ taskId }) => !records.isNewer(taskRecordId(taskId)));
  await eachAtMost(AT_ONCE.looks, due, async (watch) => {
    results.push({ watch, look: await lookAt(watch, scene) });
  });

  report(results, scene);
  return { scene, plan, results };
}

/** Begins somewhere else each time, so that the same tasks are not always the ones for which the time is too short. */
function rotated<T>(items: readonly T[], random: number): T[] {
  const start = Math.floor(items.length * random);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Writes down what had ended before the discovery began, and that it finds nothing. */
async function remember({ past, unfit }: Plan, { project, records, commit, context }: Scene): Promise<void> {
  if (past === undefined && unfit === undefined) return;
  const id = discoveryRecordId(project.name);
  const before = records.find(id) ?? newRecord(new Date(context.clock.now()));
  const news = defined({ baseline: past, unfitPattern: unfit?.mark });
  await commit(id, { record: { ...before, ...news }, events: [] }, records);
  // What is not remembered would be said in every tick.
  if (unfit === undefined || records.find(id)?.unfitPattern !== unfit.mark) return;
  context.log({ kind: unfit.kind, message: `project ${project.name}: ${unfit.message}` });
}

async function lookAt(watch: Watch, scene: Scene): Promise<LookResult> {
  const { project, resting, records, lookUntil } = scene;
  const look: Look = resting
    ? { kind: 'skipped', why: 'resting' }
    : await project.look(watch.taskId, lookUntil);
  if (look.kind === 'missing') await noteLook(watch, look, {}, scene);
  if (look.kind !== 'seen') return look;
  const record = records.find(taskRecordId(watch.taskId));
  const neighbours = await askNeighbours(watch, look, record, scene);
  if (scene.isFirst || !isDoubtAlone(look, neighbours, record))
    await noteLook(watch, look, neighbours, scene);
  return SEEN;
}

/**
 * Whether a look says nothing but that somebody could not be asked: that the statistics could not be read; or that a
 * success, of which a task that was deleted speaks too, could not be held against the list.
 */
function isDoubtAlone(
  { observation }: Extract<Look, { kind: 'seen' }>,
  { stats, listed, logs }: Neighbours,
  record: WatchRecord | undefined,
): boolean {
  if (listed !== undefined && logs === undefined)
    return listed.kind === 'failed' || listed.kind === 'skipped';
  if (stats === undefined || stats.kind === 'known') return false;
  const { standing } = record ?? {};
  return standing !== undefined && canonicalStatus(standing.status) === canonicalStatus(observation.status);
}

async function askNeighbours(
  { taskId }: Watch,
  { observation }: Extract<Look, { kind: 'seen' }>,
  record: WatchRecord | undefined,
  { project, listing, calls, lookUntil }: Scene,
): Promise<Neighbours> {
  const wanted = neighboursFor(record, observation);
  const [stats, listed, logs] = await Promise.all([
    wanted.stats ? project.stats(taskId, lookUntil) : undefined,
    wanted.listed ? listing.entryOf(taskId) : undefined,
    wanted.logs ? project.logs(taskId, lookUntil) : undefined,
  ]);
  if (stats !== undefined) calls.push({ call: 'stats', answer: stats });
  if (logs !== undefined) calls.push({ call: 'logs', answer: logs });
  return {
    ...(stats !== undefined && { stats }),
    ...(listed !== undefined && { listed }),
    ...(logs !== undefined && { logs }),
  };
}

/** Writes down what one look says. */
export function noteLook(
  watch: Watch,
  look: Exclude<Look, { kind: 'skipped' }>,
  neighbours: Neighbours,
  scene: Scene,
): Promise<void> {
  const known = { ...neighbours, project: scene.ofProject };
  return note(watch, scene, (record, now) => {
    return observe(record, look, watch, now, known) ?? adopted(watch, record);
  });
}

/** What is written down of a project, and matters for what is said of its tasks. */
export function ofTheProject({ project, records }: Pick<PlanInput, 'project' | 'records'>): OfTheProject {
  const { lookedAt, degraded } = records.find(projectRecordId(project.name)) ?? {};
  return {
    ...(lookedAt !== undefined && { lookedAt }),
    ...(degraded?.stats?.announced && { isStatsTroubleTold: true }),
  };
}

/** A record that does not say yet who found its task: from then on it is watched also when the list cannot be read. */
function adopted({ discoveredBy }: Watch, record: WatchRecord | undefined): Noticed | undefined {
  const isKnown =
    record?.discoveredBy === discoveredBy ||
    (discoveredBy === undefined && record?.standing?.phase !== 'gone');
  return isKnown || record === undefined ? undefined : { record, events: [] };
}

/** Writes down what is noticed of a task. One that cannot be judged, for its record is damaged, never stops the others. */
export async function note(
  { taskId, discoveredBy }: Watch,
  { records, commit, context }: Scene,
  judge: (record: WatchRecord | undefined, now: Date) => Noticed | undefined,
): Promise<void> {
  const id = taskRecordId(taskId);
  try {
    const noticed = judge(records.find(id), new Date(context.clock.now()));
    if (noticed === undefined) return;
    await commit(id, { record: foundBy(discoveredBy, noticed.record), events: noticed.events }, records);
  } catch (error) {
    context.stats.failedRecords += 1;
    const message = `task ${taskId}: what was seen of it cannot be judged, the next tick looks again: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
  }
}

/** A task that is named by now, and gone, is nobody's discovery any more: its record is kept. */
function foundBy(finder: string | undefined, record: WatchRecord): WatchRecord {
  if (finder !== undefined) return { ...record, discoveredBy: finder };
  const { discoveredBy: _before, ...named } = record;
  return record.standing?.phase === 'gone' ? named : record;
}

function report(results: readonly Result[], scene: Scene): void {
  const { project, records, context } = scene;
  const { log, stats } = context;
  const list = discovering(scene);
  const looks = results.map(({ look }) => look);
  stats.looks += looks.filter(({ kind }) => kind !== 'skipped').length;
  const skipped = [...looks, ...(list === undefined ? [] : [list])].filter((look) => look.kind === 'skipped');
  for (const [why, group] of Map.groupBy(skipped, (look) => look.why)) {
    log({ kind: 'looks_skipped', project: project.name, why, count: group.length });
  }
  for (const { watch, look } of results) {
    const failure = failureOf(look, records.find(taskRecordId(watch.taskId)));
    if (failure === undefined) continue;
    stats.failedLooks += 1;
    log({ kind: 'look_failed', project: project.name, taskId: watch.taskId, ...failure });
  }
  if (list?.kind !== 'failed') return;
  stats.looks += 1;
  stats.failedLooks += 1;
  log({ kind: 'look_failed', project: project.name, ...factsOf(list) });
}

/**
 * How looking for tasks ended. Where tasks are discovered, a list that cannot be read is a look that failed; one that was
 * read is none, its tasks are looked at one by one.
 */
function discovering({ project, listing, isFirst }: Scene): LookResult | undefined {
  return isFirst && project.discover !== undefined ? asDiscovery(listing.outcome()) : undefined;
}

/** That a task does not exist is an answer, unless nobody has ever seen it: then looking at it fails. */
function failureOf(look: LookResult, record: WatchRecord | undefined): LookFacts | undefined {
  if (look.kind === 'missing' && record?.standing === undefined) {
    const { kind: _missing, ...facts } = look;
    return { reason: 'not found', ...facts };
  }
  return look.kind === 'failed' ? factsOf(look) : undefined;
}

function factsOf(look: Extract<LookResult, { kind: 'failed' }>): LookFacts {
  const { kind: _failed, restMs: _rest, isKeyRefused: _key, ...facts } = look;
  return facts;
}

type LookFacts = Omit<Extract<LookResult, { kind: 'failed' }>, 'kind' | 'restMs' | 'isKeyRefused'>;
