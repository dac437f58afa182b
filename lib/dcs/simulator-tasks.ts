import type { Clock } from '../clock.ts';
import { type Answer, json, NO_SUCH_TASK, type Reply } from './simulator-answers.ts';

/** What a task answers, one after the other; the last one stays. `null` is a task that does not exist. */
export interface Script {
  readonly answers: readonly (Answer | null)[];
  /** The next answer comes after this many milliseconds; without it, when {@link Simulator.advance} says so. */
  readonly stepMs?: number;
}

export interface Tasks {
  play(taskId: string, script: Script): void;
  advance(): void;
  reply(taskId: string): Reply;
}

export function createTasks(clock: Pick<Clock, 'now'>): Tasks {
  const playing = new Map<string, { readonly script: Script; readonly since: number; step: number }>();
  return {
    play(taskId, script) {
      playing.set(taskId, { script, since: clock.now(), step: 0 });
    },
    advance() {
      for (const play of playing.values()) play.step += 1;
    },
    reply(taskId) {
      const play = playing.get(taskId);
      if (play === undefined) return NO_SUCH_TASK;
      const { answers, stepMs } = play.script;
      const step = stepMs === undefined ? play.step : Math.floor((clock.now() - play.since) / stepMs);
      const answer = answers[Math.min(step, answers.length - 1)] ?? null;
      return answer === null ? NO_SUCH_TASK : json(200, answer);
    },
  };
}
