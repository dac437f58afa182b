import type { WallClock } from '../base/time/clock.ts';
import { GONE_STATUS } from '../migration/model/status.ts';
import { type AnswerBody, json, NO_SUCH_TASK, type Reply } from './answers.ts';
import { type Listed, listReply, logsReply, realisticStats, type StatsForm, statsIn } from './lists.ts';
import type { Route } from './routes.ts';

/**
 * The answers of a task, one after the other; the last one stays. `null` is a task that does not exist. The calls
 * of the enrichment play in step with the answers: without an entry they answer as without a script.
 */
export interface Script {
  readonly answers: readonly (AnswerBody | null)[];
  /** As in {@link TaskControls.setStats}. */
  readonly stats?: readonly (AnswerBody | null | undefined)[];
  /** As in {@link TaskControls.setListed}. */
  readonly listed?: readonly (AnswerBody | null | undefined)[];
  /** As in {@link TaskControls.setLogs}. */
  readonly logs?: readonly (readonly AnswerBody[] | undefined)[];
  /** The next answer comes after this many milliseconds; without it, when {@link TaskControls.advance} says so. */
  readonly stepMs?: number;
}

/** Controls what the tasks answer from now on. */
export interface TaskControls {
  /** The task plays a script, from now on. What was set for it stays. */
  play(taskId: string, script: Script): void;
  /** All scripts without `stepMs` take one step. */
  advance(): void;
  /**
   * The task's entry in the list has these fields instead of those that its answer gives; `null`: the list does not
   * show it, while the detail call goes on as it does for a deleted task.
   */
  setListed(taskId: string, overrides: AnswerBody | null): void;
  /**
   * The task's figures have these fields instead of what fits its status; `null`: the call knows no such task.
   *
   * @param form default: `typed`
   */
  setStats(taskId: string, overrides: AnswerBody | null, form?: StatsForm): void;
  /** The lines of the task's log, in the order in which the service gives them; none by default. */
  setLogs(taskId: string, lines: readonly AnswerBody[]): void;
}

export interface Tasks {
  readonly controls: TaskControls;
  reply(route: Route): Reply;
}

interface Play {
  readonly script: Script;
  readonly since: number;
  step: number;
}

/** Settings made for a task by hand, which override its script. */
interface Settings {
  listed?: AnswerBody | null;
  stats?: AnswerBody | null;
  form?: StatsForm;
  logs?: readonly AnswerBody[];
}

/** A task at this moment. */
interface Scene {
  readonly shown: AnswerBody;
  readonly listed: AnswerBody | null;
  readonly stats: AnswerBody | null;
  readonly logs: readonly AnswerBody[];
}

export function createTasks(clock: WallClock): Tasks {
  const playing = new Map<string, Play>();
  const settings = new Map<string, Settings>();

  /** @returns nothing for a task that does not exist. */
  function sceneOf(taskId: string): Scene | undefined {
    const play = playing.get(taskId);
    if (play === undefined) return undefined;
    const { answers, stats, listed, logs, stepMs } = play.script;
    const step = stepMs === undefined ? play.step : Math.floor((clock.now() - play.since) / stepMs);
    const now = Math.min(step, answers.length - 1);
    const shown = answers[now] ?? null;
    if (shown === null) return undefined;
    const set = settings.get(taskId);
    return {
      shown,
      listed: firstKnown(set?.listed, listed?.[now], {}),
      stats: firstKnown(set?.stats, stats?.[now], {}),
      logs: firstKnown(set?.logs, logs?.[now], []),
    };
  }

  function setting(taskId: string): Settings {
    const known = settings.get(taskId) ?? {};
    settings.set(taskId, known);
    return known;
  }

  function listed(): Listed[] {
    return [...playing.keys()].flatMap((taskId) => {
      const scene = sceneOf(taskId);
      const isShown = scene?.listed && scene.shown['status'] !== GONE_STATUS;
      return isShown ? [{ taskId, shown: scene.shown, overrides: scene.listed }] : [];
    });
  }

  function statsOf(taskId: string, { shown, stats }: Scene): Reply {
    if (stats === null) return NO_SUCH_TASK;
    const answer = { ...realisticStats(shown['status']), ...stats };
    return json(200, statsIn(settings.get(taskId)?.form ?? 'typed', answer));
  }

  const controls: TaskControls = {
    play(taskId, script) {
      playing.set(taskId, { script, since: clock.now(), step: 0 });
    },
    advance() {
      for (const play of playing.values()) play.step += 1;
    },
    setListed(taskId, overrides) {
      setting(taskId).listed = overrides;
    },
    setStats(taskId, overrides, form = 'typed') {
      Object.assign(setting(taskId), { stats: overrides, form });
    },
    setLogs(taskId, lines) {
      setting(taskId).logs = lines;
    },
  };
  return {
    controls,
    reply(route) {
      if (route.kind === 'list') return listReply(listed(), route.query);
      const scene = sceneOf(route.taskId);
      if (scene === undefined) return NO_SUCH_TASK;
      if (route.kind === 'stats') return statsOf(route.taskId, scene);
      return route.kind === 'logs' ? logsReply(scene.logs, route.query) : json(200, scene.shown);
    },
  };
}

function firstKnown<T>(set: T | undefined, scripted: T | undefined, otherwise: T): T {
  if (set !== undefined) return set;
  return scripted !== undefined ? scripted : otherwise;
}
