import { defined } from '../../base/defined.ts';
import type { LookFailure, Stamp } from '../../events/event.ts';
import { projectSource } from '../../events/source.ts';
import { en } from '../../language/en.ts';
import { type Failure, failingAfter, restored } from '../detect/failing.ts';
import { isAnswered, type LookResult } from '../model/observation.ts';
import { newStream, type ProjectState, type Stream } from '../model/state.ts';
import type { EventSubject, Update } from '../model/update.ts';

/** A project as messages show it. */
export interface WatchedProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** How many tasks of it are watched. */
  readonly tasks: number;
  readonly consoleUrl: string;
  /** Other entries of the configuration are for the same project. */
  readonly isOneOfSeveral?: true;
  /** The stamp of the tick that watches. */
  readonly stamp: Stamp;
}

/**
 * The health of a project as a whole, by the looks of a tick:
 * `failing` (every look failed in a way that is not the tasks' own) · `fine` (something was answered) ·
 * `unknown` (nothing was looked at, or the one task's failure is its own matter).
 */
export type ProjectHealth =
  | { readonly kind: 'failing'; readonly failure: Failure }
  | { readonly kind: 'fine' }
  | { readonly kind: 'unknown' };

/**
 * The service takes the key and answers; it is the task's id that is wrong, even if all of them are. A list has none: it
 * is the project's id then.
 */
const OF_THE_TASK: ReadonlySet<LookFailure> = new Set(['not found']);

/**
 * Classifies the looks of one tick. A project of one task has no failures of its own: they are announced as that task's. A
 * failure of all tasks is the project's, whatever its list says; where too few were looked at, the list counts, too.
 *
 * @param looks of all watches of the project; skipped ones say nothing.
 * @param listed how reading the project's list ended, where its tasks are discovered
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

/** How events speak of a project. */
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
