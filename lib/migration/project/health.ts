import { defined } from '../../base/defined.ts';
import type { LookFailure, Stamp } from '../../events/event.ts';
import { projectSource } from '../../events/source.ts';
import { en } from '../../language/en.ts';
import { type Failure, failingAfter, restored } from '../detect/failing.ts';
import { isAnswered, type LookResult } from '../model/observation.ts';
import { newStream, type ProjectState, type Stream } from '../model/state.ts';
import type { EventSubject, Update } from '../model/update.ts';

/** A project in messages. */
export interface WatchedProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** The number of its watched tasks. */
  readonly tasks: number;
  readonly consoleUrl: string;
  /** Set when other entries of the configuration are for the same project. */
  readonly isOneOfSeveral?: true;
  /** The stamp of the tick that watches. */
  readonly stamp: Stamp;
}

/**
 * The health of a project as a whole, by the looks of a tick: `failing` (every look failed for a reason outside its
 * task) · `fine` (some look got an answer) · `unknown` (no look was made, or the only task failed for itself).
 */
export type ProjectHealth =
  | { readonly kind: 'failing'; readonly failure: Failure }
  | { readonly kind: 'fine' }
  | { readonly kind: 'unknown' };

/**
 * Failures of a task: the service accepted the key and answered, so the task's id is wrong. The list takes no task id,
 * so its failure concerns the project's id.
 */
const OF_THE_TASK: ReadonlySet<LookFailure> = new Set(['not found']);

/**
 * Classifies the looks of one tick. A failure of all tasks belongs to the project, whatever its list says; with too few
 * looks, the list counts too. In a project of one task every failure belongs to the task.
 *
 * @param looks of all watches of the project; skipped ones say nothing.
 * @param listed the outcome of reading the project's list, where its tasks are discovered
 */
export function classifyProject(looks: readonly LookResult[], listed?: LookResult): ProjectHealth {
  const isEnough = looks.length > 1 && looks.some(({ kind }) => kind !== 'skipped');
  const all = listed === undefined || isEnough ? looks : [...looks, listed];
  const isOfTasks = looks.some((look) => look.kind === 'failed' && OF_THE_TASK.has(look.reason));
  if (all.some(isAnswered) || isOfTasks) return { kind: 'fine' };
  const first = all.find((look) => look.kind === 'failed');
  if (first === undefined || (listed === undefined && looks.length < 2)) return { kind: 'unknown' };
  const { reason, detail, answer } = first;
  return { kind: 'failing', failure: defined({ reason, detail, answer }) };
}

/** Writes a health into the project's record. @returns what to write, or nothing when nothing changed. */
export function detectProject(
  stream: Stream<ProjectState> | undefined,
  health: ProjectHealth,
  project: WatchedProject,
  now: Date,
): Update<ProjectState> | undefined {
  if (health.kind === 'failing') {
    const before = { stream: stream ?? newStream<ProjectState>(now, {}), events: [] };
    const after = failingAfter(before, health.failure, projectSubject(project), now);
    return after === before ? undefined : after;
  }
  if (health.kind !== 'fine' || stream?.state.failing === undefined) return undefined;
  const { failing, ...state } = stream.state;
  return restored({ stream: { ...stream, state }, events: [] }, failing, projectSubject(project), now);
}

/** The subject of events about a project. */
export function projectSubject(project: WatchedProject): EventSubject {
  const { id, name, region, tasks, consoleUrl, isOneOfSeveral, stamp } = project;
  const concerns = { project: { id, name, region, tasks } };
  return {
    origin: { source: projectSource(region, id, isOneOfSeveral && name), subject: id },
    stamp,
    concerns,
    name: en.values.subject(concerns) ?? name,
    consoleUrl,
  };
}
