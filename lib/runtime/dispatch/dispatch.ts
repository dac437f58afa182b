import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Clock } from '../../base/time/clock.ts';
import type { Config } from '../../config/schema/file.ts';
import { noteAsk } from '../../records/runs/asks.ts';
import { askForRun, loadRuns, type ProjectRuns } from '../../records/runs/runs.ts';
import type { Store } from '../../store/store.ts';
import type { BlindProject } from '../../telemetry/health.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Part } from '../tick/scope.ts';

/** Starts a run of the program for one project, without waiting for its end. */
export type StartRun = (projectId: string) => Promise<void>;

/** Tasks for which one run has enough time and memory. */
const MOST_TASKS_OF_ONE_RUN = 2000;
/** The assumed number of tasks of a list that is not read yet. */
const DISCOVERED_TASKS = 1000;

/** Whether each project needs its own runs, because there are too many tasks for one run. */
export function wantsOwnRuns({ projects, settings }: Config): boolean {
  const { runPerProject } = settings;
  if (runPerProject === 'never' || idsOf(projects).length < 2) return false;
  const tasks = projects.reduce(
    (sum, project) => sum + project.tasks.length + (project.discover === undefined ? 0 : DISCOVERED_TASKS),
    0,
  );
  return runPerProject === 'always' || tasks > MOST_TASKS_OF_ONE_RUN;
}

/** Ids of projects. */
export interface RunsStarted {
  readonly started: readonly string[];
  /** Projects whose runs could not be started, so that this run polls them itself. */
  readonly instead: readonly string[];
}

/** Starts a run for each project. */
export async function startRuns(config: Config, start: StartRun, log: Log): Promise<RunsStarted> {
  const started: string[] = [];
  const instead: string[] = [];
  await eachAtMost(AT_ONCE.records, idsOf(config.projects), async (id) => {
    try {
      await start(id);
      started.push(id);
    } catch (error) {
      instead.push(id);
      const name = nameOf(id, config);
      log({
        kind: 'problem',
        message: `project ${name}: a run of its own could not be started, so this one looks at it: ${reasonOf(error)}`,
      });
    }
  });
  return { started, instead };
}

export interface RunsContext {
  readonly config: Config;
  /** The time between two runs. Milliseconds. */
  readonly everyMs: number;
  readonly now: Date;
  /** When the runs were asked for before (ISO 8601, UTC), the oldest first. */
  readonly asks: readonly string[];
}

/** Periods without an ended run, after which a project counts as blind: runs may be late, and one may fail. */
const MISSED_RUNS = 3;
const ASKS_KEPT = MISSED_RUNS + 1;

/**
 * Blind projects: their runs were started, but none has ended for three periods. Each of these periods has an ask,
 * because a function that rested has no runs that could end.
 *
 * @param started ids of the projects whose runs were started
 * @param runs by the ids of the projects
 */
export function missedRuns(
  started: readonly string[],
  runs: ReadonlyMap<string, ProjectRuns>,
  { config, everyMs, now, asks }: RunsContext,
): BlindProject[] {
  const firstAsk = asks.at(-ASKS_KEPT);
  if (firstAsk === undefined) return [];
  const before = Math.min(Date.parse(firstAsk), now.getTime() - ASKS_KEPT * everyMs);
  return started.flatMap((id): BlindProject[] => {
    const since = runs.get(id)?.endedRunAt ?? runs.get(id)?.askedAt;
    if (since === undefined || Date.parse(since) >= before) return [];
    return [
      { project: nameOf(id, config), since, reason: 'its runs do not come to an end', isLasting: true },
    ];
  });
}

function idsOf(projects: Config['projects']): string[] {
  return [...new Set(projects.map(({ id }) => id))];
}

function nameOf(id: string, { projects }: Config): string {
  return projects.find((project) => project.id === id)?.name ?? id;
}

export interface OwnRunsParts {
  readonly start: StartRun | undefined;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  /** The time between two runs. Milliseconds. */
  readonly everyMs: number;
}

/** Starts the projects' own runs if the configuration needs them, and gives the scope that is left to this run. */
export type RemainingScope = (config: Config) => Promise<Part>;

export function createOwnRuns(parts: OwnRunsParts): RemainingScope {
  const { start, store, log, clock, everyMs } = parts;
  return async (config) => {
    if (start === undefined || !wantsOwnRuns(config)) return {};
    const runs = await loadRuns(store);
    const now = new Date(clock.now());
    const asks = await earlierAsks(config, now, parts);
    const askAndStart: StartRun = async (id) => {
      if (!runs.has(id)) await askForRun(store, id, now);
      await start(id);
    };
    const { started, instead } = await startRuns(config, askAndStart, log);
    return { started, instead, blind: missedRuns(started, runs, { config, everyMs, now, asks }) };
  };
}

/** Notes this ask, and gives the earlier ones. Runs whose ask is not noted are started all the same. */
async function earlierAsks(
  { projects }: Config,
  now: Date,
  { store, log }: OwnRunsParts,
): Promise<readonly string[]> {
  try {
    return await noteAsk(store, { projectIds: idsOf(projects), now, keep: ASKS_KEPT });
  } catch (error) {
    const words = 'that the runs of the projects were asked for was not noted';
    log({ kind: 'problem', message: `${words}: ${reasonOf(error)}` });
    return [];
  }
}
