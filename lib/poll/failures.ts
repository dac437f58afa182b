import { isDeepStrictEqual } from 'node:util';
import type { Because } from '../events/event.ts';
import { doubt } from '../migration/detect/detect.ts';
import type { Answer } from '../migration/model/enrichment.ts';
import { type LookResult, SKIPPED } from '../migration/model/observation.ts';
import { newRecord } from '../migration/model/state.ts';
import { DEFAULT_THRESHOLDS } from '../migration/model/thresholds.ts';
import type { Noticed } from '../migration/model/update.ts';
import { restAfter } from '../migration/project/cooldown.ts';
import { observeCalls } from '../migration/project/degraded.ts';
import { judgeProject, observeProject, projectVoice } from '../migration/project/health.ts';
import { isLookedAtDue } from '../migration/schedule.ts';
import { projectRecordId, taskRecordId } from '../records/records.ts';
import { blindnessOf } from './blindness.ts';
import { asDiscovery, asLook, outcomesOf, restsAsked } from './call-outcomes.ts';
import { type Looks, note, noteLook, type Result, type Scene } from './poll-project.ts';

type Failed = Extract<LookResult, { kind: 'failed' }>;

/** What a project is judged by. */
interface Judged extends Looks {
  /** How reading its list ended, where its tasks are discovered. */
  readonly listed: LookResult | undefined;
}

/**
 * Judges the looks of a project. Failures are counted once in a tick, over all tasks: a further look that fails says
 * nothing yet.
 *
 * @param others the looks of all projects, as they come: waited for only where they may explain why there are none here
 */
export async function judgeLooks(
  all: readonly Looks[],
  others: () => Promise<readonly Looks[]>,
): Promise<void> {
  const first = all.filter(({ scene }) => scene.isFirst).map(toJudge);
  await Promise.all(
    first.map(async (looks) => judge(isSpared(looks) ? await withWhatOthersMet(looks, others) : looks)),
  );
}

function toJudge(looks: Looks): Judged {
  const { project, listing } = looks.scene;
  return { ...looks, listed: project.discover === undefined ? undefined : asLook(listing.outcome()) };
}

/** The look, or call, by which the project's key was refused. */
function refusalIn({ scene, results }: Looks): Failed | undefined {
  const { listing, calls } = scene;
  const all = [...results.map(({ look }) => look), ...restsAsked(calls, listing.outcome())];
  const refusal = all.find((look) => look.kind === 'failed' && look.isKeyRefused);
  return refusal?.kind === 'failed' ? refusal : undefined;
}

/** Whether nothing was asked, although the project does not rest. */
function isSpared(looks: Judged): boolean {
  const all = everyLook(looks);
  return !looks.scene.resting && all.length > 0 && all.every(({ kind }) => kind === 'skipped');
}

/** The looks, and that for tasks. */
function everyLook({ scene: { project, listing }, results }: Judged): LookResult[] {
  const list = project.discover === undefined ? undefined : asDiscovery(listing.outcome());
  return [...results.map(({ look }) => look), ...(list === undefined ? [] : [list])];
}

/**
 * Who was spared because of what another one met at the same endpoint would have met the same: that this project is not
 * watched is told, too, and a key that was refused rests for both.
 */
async function withWhatOthersMet(looks: Judged, others: () => Promise<readonly Looks[]>): Promise<Judged> {
  const failure = silenceIn(looks) ?? refusalAmong(await others(), looks.scene.project);
  if (failure === undefined) return looks;
  if (looks.scene.project.discover !== undefined) return { ...looks, listed: failure };
  const [first, ...rest] = looks.results;
  return first === undefined ? looks : { ...looks, results: [{ ...first, look: failure }, ...rest] };
}

/** What others met at an endpoint that does not answer. */
function silenceIn(looks: Judged): Failed | undefined {
  const skipped = everyLook(looks).find((look) => look.kind === 'skipped' && 'failure' in look);
  return skipped?.kind === 'skipped' && 'failure' in skipped
    ? { kind: 'failed', ...skipped.failure }
    : undefined;
}

function refusalAmong(
  others: readonly Looks[],
  { endpointFingerprint }: Looks['scene']['project'],
): Failed | undefined {
  const atSame = others.filter(
    ({ scene: { project } }) => project.endpointFingerprint === endpointFingerprint,
  );
  return atSame.map(refusalIn).find((one) => one !== undefined);
}

/** A failure that hits all tasks of a project is the project's; any other is its task's. */
async function judge({ scene, plan, results, listed }: Judged): Promise<void> {
  const { records, commit, context } = scene;
  const project = { ...scene.project, tasks: plan.watches.length };
  const looks = results.map(({ look }) => look);
  const listAnswer = scene.listing.outcome();
  const verdict = judgeProject(looks, discoveredBy(listed, listAnswer));
  const id = projectRecordId(project.name);
  const before = records.find(id);
  const now = new Date(context.clock.now());

  const judged = observeProject(before, verdict, project, now);
  const outcomes = verdict.kind === 'failing' ? {} : outcomesOf(scene.calls, listAnswer);
  const noticed = also(judged, observeCalls(judged?.record ?? before, outcomes, projectVoice(project), now));
  const answers = [
    ...looks,
    ...restsAsked(scene.calls, listAnswer),
    ...(listed === undefined ? [] : [listed]),
  ];
  const rest = restAfter(before?.cooldown, answers, project, now, scene.rests);
  const isRest = isDeepStrictEqual(rest, before?.cooldown);
  const sweeps = plan.sweeps && !scene.resting;
  const notes = isLookWorthNoting(results, before?.lookedAt, scene, now);
  if (noticed !== undefined || !isRest || sweeps || notes) {
    const { cooldown: _before, movedAt: _moved, ...record } = noticed?.record ?? before ?? newRecord(now);
    const next = {
      ...record,
      ...(rest !== undefined && { cooldown: rest }),
      ...(sweeps && { sweptAt: now.toISOString() }),
      ...(notes && { lookedAt: now.toISOString() }),
    };
    await commit(id, { record: next, events: noticed?.events ?? [] }, records);
  }
  await judgeTasks(results, verdict.kind === 'failing', scene);
  noteBlindness(results, discoveredBy(listed, listAnswer), scene);
}

/** What is known by now counts: the trouble of this tick too. */
function noteBlindness(
  results: readonly Result[],
  list: LookResult | undefined,
  { project: { name }, records, context }: Scene,
): void {
  const looks = results.map(({ watch, look }) => ({
    look,
    record: records.find(taskRecordId(watch.taskId)),
  }));
  const { failing } = records.find(projectRecordId(name)) ?? {};
  const blind = blindnessOf({ name, looks, list, trouble: failing }, new Date(context.clock.now()));
  if (blind !== undefined) context.stats.blind.push(blind);
}

/** Without the right to the list no tasks are found, though the key is taken. */
function discoveredBy(
  listed: LookResult | undefined,
  answer: Answer<unknown> | undefined,
): LookResult | undefined {
  return listed !== undefined && answer?.kind === 'denied' ? asDiscovery(answer) : listed;
}

/** Whether a task was seen to replicate, and that was not written down lately. */
function isLookWorthNoting(
  results: readonly Result[],
  lookedAt: string | undefined,
  { records }: Scene,
  now: Date,
): boolean {
  return results.some(({ watch: { taskId, thresholds = DEFAULT_THRESHOLDS }, look }) => {
    if (look.kind !== 'seen' || !isLookedAtDue(lookedAt, thresholds.cutover.figuresValidForMs, now))
      return false;
    const { standing, run } = records.find(taskRecordId(taskId)) ?? {};
    return standing?.phase === 'incremental' && run?.figures !== undefined;
  });
}

/** A look that failed counts for its task, unless it is the project's matter; what was announced is in doubt either way. */
async function judgeTasks(results: readonly Result[], isOfTheProject: boolean, scene: Scene): Promise<void> {
  for (const { watch, look } of results) {
    if (look.kind === 'failed' && !isOfTheProject) await noteLook(watch, look, {}, scene);
    else if (look.kind === 'failed' || look.kind === 'skipped') {
      const because: Because =
        look.kind === 'failed' ? { code: 'looks_fail', failure: look.reason } : { code: SKIPPED[look.why] };
      const { lookedAt } = scene.ofProject;
      await note(watch, scene, (record, now) => record && doubt(record, because, watch, { lookedAt, now }));
    }
  }
}

function also(first: Noticed | undefined, second: Noticed | undefined): Noticed | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { record: second.record, events: [...first.events, ...second.events] };
}
