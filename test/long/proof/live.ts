import type { Crash } from './crashes.ts';
import { everyCrashIn, playMinutes, type Script, TASKS } from './minutes.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import type { Totals } from './totals.ts';

const SCRIPT: Script = {
  moves: [
    undefined,
    ['task-1', 'FULLMIGRATING'],
    ['task-2', 'MIGRATION_FAILED'],
    ['task-1', 'INCRMIGEATING'],
    undefined,
  ],
  /** Long enough for the leases of two crashed runs to pass. */
  mostMinutes: 12,
};

export interface LiveOptions {
  readonly traced?: boolean;
}

/** Two tasks change in a chat that edits its messages; some runs die. */
export function playLive(
  design: Design,
  crashes: readonly Crash[],
  options: LiveOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS, isLive: true });
  return playMinutes(simulation, crashes, SCRIPT);
}

/** One crash, before and after every single step: also between a message and the reply to it, and around each edit. */
export function everyCrashWhileLive(design: Design): Promise<Totals> {
  return everyCrashIn('live', (crashes) => playLive(design, crashes));
}
