import { playCrashes } from './crashes.ts';
import { NO_FAULTS } from './faults.ts';
import { CHANNELS } from './network.ts';
import type { Answer } from './receivers.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How a channel can be dead: nothing that it answers settles a delivery. */
const DEATHS = [
  'refused',
  'reset',
  'time-out',
  'host name not found',
  'bad certificate',
  'blocked address',
  'not HTTP',
  'denied 401',
  'denied 403',
  'gone 410',
  'early 425',
  'rest 429',
  'error 500',
  'busy 503',
] as const satisfies readonly Answer[];
/** Longer than any deadline. */
const DEAD_HOURS = 80;

export interface Death {
  readonly channel: string;
  readonly answer: Answer;
  /** It is the only channel that there is. */
  readonly isAlone?: boolean;
}

interface Options {
  readonly traced?: boolean;
}

/** R1 and R3: one channel never works again, beside others and alone. */
export async function everyDeadChannel(design: Design, answers: readonly Answer[] = DEATHS): Promise<Totals> {
  const totals = createTotals();
  for (const channel of CHANNELS) {
    for (const answer of answers) {
      for (const isAlone of [false, true]) {
        const schedule = `${isAlone ? 'only ' : ''}channel ${channel} answers for ever: ${answer}`;
        const simulation = await named(schedule, () => playDeadChannel(design, { channel, answer, isAlone }));
        await conclude(totals, { schedule, mostDuplicates: 0 }, simulation);
      }
    }
  }
  return totals;
}

export async function playDeadChannel(
  design: Design,
  { channel, answer, isAlone = false }: Death,
  options: Options = {},
): Promise<Simulation> {
  const simulation = await playCrashes(design, [], {
    ...options,
    faults: failing(channel, answer),
    ...(isAlone && { channels: [channel] }),
  });
  for (let hour = 0; hour < DEAD_HOURS; hour += 1) {
    await simulation.tick();
    simulation.pass(HOUR);
  }
  return simulation;
}

/**
 * R2: a channel is back after two hours.
 *
 * @returns `longestMs`: how long it took at most from then on until everything had arrived
 */
export async function everyOutage(design: Design): Promise<{ totals: Totals; longestMs: number }> {
  const totals = createTotals();
  let longestMs = 0;
  for (const channel of CHANNELS) {
    for (const answer of DEATHS) {
      const schedule = `channel ${channel} answers for two hours: ${answer}`;
      const simulation = await named(schedule, () => playOutage(design, { channel, answer }));
      const backAt = simulation.now();
      await conclude(totals, { schedule, mostDuplicates: 0 }, simulation);
      longestMs = Math.max(longestMs, simulation.now() - backAt);
    }
  }
  return { totals, longestMs };
}

export async function playOutage(
  design: Design,
  { channel, answer }: Death,
  options: Options = {},
): Promise<Simulation> {
  const simulation = await playCrashes(design, [], { ...options, faults: failing(channel, answer) });
  for (const end = simulation.now() + 2 * HOUR; simulation.now() < end; simulation.pass(MINUTE)) {
    await simulation.tick();
  }
  return simulation;
}

/** A task that changes every minute for hours while one channel does not answer: more than an outbox holds. */
export async function playFlood(design: Design, channel: string): Promise<Simulation> {
  const simulation = createSimulation({ design, faults: failing(channel, 'reset') });
  for (let minute = 0; minute < 200; minute += 1) {
    simulation.move('task-1', minute % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
    await simulation.tick();
    simulation.pass(MINUTE);
  }
  return simulation;
}

function failing(channel: string, answer: Answer) {
  return { ...NO_FAULTS, answer: (name: string): Answer => (name === channel ? answer : 'ok') };
}
