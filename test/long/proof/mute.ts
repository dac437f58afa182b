import type { Crash } from './crashes.ts';
import { everyCrashIn, playMinutes, TASKS } from './minutes.ts';
import { SCRIPT } from './quiet.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import type { Totals } from './totals.ts';

const MINUTE = 60_000;

export interface MutedOptions {
  readonly traced?: boolean;
  /** Somebody ends the mute, which would last for much longer. */
  readonly isEnded?: boolean;
}

/** Two tasks change before, in and after the mute of a chat; some runs die. */
export function playMuted(
  design: Design,
  crashes: readonly Crash[],
  { isEnded = false, ...options }: MutedOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS });
  return playMinutes(simulation, crashes, {
    ...SCRIPT,
    async before(minute) {
      if (minute === 1) await simulation.mute('channel', 'ops', (isEnded ? 60 : 5) * MINUTE);
      if (minute === 6 && isEnded) await simulation.unmute();
    },
  });
}

/** One crash, before and after every single step, through the beginning and the end of a mute. */
export function everyCrashWhileMuted(design: Design, isEnded: boolean): Promise<Totals> {
  const name = isEnded ? 'mute that is ended' : 'mute';
  return everyCrashIn(name, (crashes) => playMuted(design, crashes, { isEnded }));
}
