import type { Quiet } from '../../../lib/channels/chat/quiet.ts';
import type { Crash } from './crashes.ts';
import { everyCrashIn, playMinutes, type Script, TASKS } from './minutes.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import type { Totals } from './totals.ts';

/** The first changes pass before quiet hours or a mute, the last ones afterwards. */
export const SCRIPT: Script = {
  moves: [
    undefined,
    ['task-1', 'FULLMIGRATING'],
    ['task-2', 'FULLMIGRATING'],
    ['task-1', 'MIGRATION_FAILED'],
    ['task-2', 'INCRMIGEATING'],
    ['task-1', 'FULLMIGRATING'],
    undefined,
    ['task-2', 'TERMINATED'],
  ],
  /** Long enough for the leases of two crashed runs to pass. */
  mostMinutes: 16,
};

/** A case begins at 00:00 UTC. The failure of the first task passes, with what waits before it. */
export const QUIET: Readonly<Record<string, Quiet>> = {
  ops: { from: '00:01', to: '00:06', except: ['failure'] },
};

export interface QuietOptions {
  readonly traced?: boolean;
}

/** Two tasks change before, in and after the quiet hours of a chat; some runs die. */
export function playQuiet(
  design: Design,
  crashes: readonly Crash[],
  options: QuietOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS, quiet: QUIET });
  return playMinutes(simulation, crashes, SCRIPT);
}

/** One crash, before and after every single step, through the beginning and the end of quiet hours. */
export function everyCrashInQuietHours(design: Design): Promise<Totals> {
  return everyCrashIn('quiet hours', (crashes) => playQuiet(design, crashes));
}
