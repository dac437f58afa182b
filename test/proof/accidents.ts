import { playCrashes } from './crashes.ts';
import { ANSWERS, type Answer, type Faults, NO_FAULTS, STORE_FAULTS, type StoreFault } from './faults.ts';
import type { Design } from './simple-designs.ts';
import { CHANNELS, createSimulation, type Simulation } from './simulation.ts';
import { addCase, createTotals, type Totals } from './totals.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** From the request to the store with this number on, so many in a row go wrong. */
export interface StoreAccident {
  readonly fault: StoreFault;
  readonly from: number;
  readonly times: number;
}

/** A single fault, a few, and a throttled table through more than one tick. */
const LENGTHS = [1, 3, 12] as const;

/** S5 and S6: at every request to the store, everything that can go wrong with it, once and several times in a row. */
export async function everyStoreFault(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const fault of STORE_FAULTS) {
    for (const times of LENGTHS) {
      for (let from = 0; ; from += 1) {
        const { simulation, requests } = await playStoreAccident(design, { fault, from, times });
        if (requests <= from) break;
        addCase(totals, {
          verdict: await simulation.drain(),
          fired: simulation.fired.counts,
          schedule: `store ${fault} at request ${from}, ${times} in a row`,
          // A read that tells the past costs a conflict; only an acknowledgement that failed costs a copy.
          mostDuplicates: fault === 'stale read' || fault === 'asked twice' ? 0 : times,
        });
      }
    }
  }
  return totals;
}

export async function playStoreAccident(
  design: Design,
  { fault, from, times }: StoreAccident,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; requests: number }> {
  const isWrite = fault === 'answer lost' || fault === 'asked twice';
  const isRead = fault === 'stale read';
  let requests = 0;
  const store: Faults['store'] = (operation) => {
    if (operation === 'save' ? isRead : isWrite) return undefined;
    requests += 1;
    return requests > from && requests <= from + times ? fault : undefined;
  };
  const simulation = await playCrashes(design, [], { ...options, faults: { ...NO_FAULTS, store } });
  return { simulation, requests };
}

/** D1 and D4 through the whole of a tick: at every send, every way to answer it. */
export async function everyAnswer(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const answer of ANSWERS) {
    for (let at = 0; ; at += 1) {
      const { simulation, sends } = await playAnswer(design, answer, at);
      if (sends <= at) break;
      addCase(totals, {
        verdict: await simulation.drain(),
        fired: simulation.fired.counts,
        schedule: `answer ${answer} at send ${at}`,
        mostDuplicates: answer === 'answer lost' || answer === 'late answer' ? 1 : 0,
      });
    }
  }
  return totals;
}

export async function playAnswer(
  design: Design,
  answer: Answer,
  at: number,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; sends: number }> {
  let sends = 0;
  const faults: Faults = {
    ...NO_FAULTS,
    answer: () => {
      sends += 1;
      return sends === at + 1 ? answer : 'ok';
    },
  };
  const simulation = await playCrashes(design, [], { ...options, faults });
  return { simulation, sends };
}

const DEATHS = ['reset', 'time-out', 'error 500', 'rest 429', 'denied 401', 'gone 410'] as const;
/** Longer than any deadline. */
const DEAD_HOURS = 80;

/** R1: one channel never works again. @returns all cases; `duplicates` are extra copies to the healthy channels */
export async function everyDeadChannel(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const channel of CHANNELS) {
    for (const answer of DEATHS) {
      const simulation = await playDeadChannel(design, channel, answer);
      addCase(totals, {
        verdict: await simulation.drain(),
        fired: simulation.fired.counts,
        schedule: `channel ${channel} answers for ever: ${answer}`,
        mostDuplicates: 0,
      });
    }
  }
  return totals;
}

export async function playDeadChannel(
  design: Design,
  channel: string,
  answer: Answer,
  options: { readonly traced?: boolean } = {},
): Promise<Simulation> {
  const answerOf = (name: string): Answer => (name === channel ? answer : 'ok');
  const simulation = await playCrashes(design, [], {
    ...options,
    faults: { ...NO_FAULTS, answer: answerOf },
  });
  for (let hour = 0; hour < DEAD_HOURS; hour += 1) {
    await simulation.tick();
    simulation.pass(HOUR);
  }
  return simulation;
}

/** A task that changes every minute for hours while nobody answers: more than an outbox holds. */
export async function playFlood(design: Design, channel: string): Promise<Simulation> {
  const answer = (name: string): Answer => (name === channel ? 'reset' : 'ok');
  const simulation = createSimulation({ design, faults: { ...NO_FAULTS, answer } });
  for (let minute = 0; minute < 200; minute += 1) {
    simulation.move('task-1', minute % 2 === 0 ? 'FULLMIGRATING' : 'RUNNING');
    await simulation.tick();
    simulation.pass(MINUTE);
  }
  return simulation;
}

const YEAR_2038 = Date.parse('2038-01-19T03:14:08.000Z') - Date.parse('2026-01-05T00:00:00.000Z');
const WRONG_CLOCKS = { 'an hour behind': -HOUR, 'an hour ahead': HOUR, 'in 2038': YEAR_2038 } as const;
export type WrongClock = keyof typeof WRONG_CLOCKS;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'SUCCESS'] as const;

export interface ClockAccident {
  readonly clock: WrongClock;
  /** The ticks whose clock is wrong. */
  readonly from: number;
  readonly times: number;
  /** The step at which the first of them dies; nothing when it does not. */
  readonly dies?: number;
}

/**
 * R11: some ticks have a wrong clock, and the first of them dies at every step, or not at all. Half of all answers
 * fail meanwhile.
 *
 * @returns `longestMs`: how long the calm world took at most until everything had arrived
 */
export async function everyWrongClock(design: Design): Promise<{ totals: Totals; longestMs: number }> {
  const totals = createTotals();
  let longestMs = 0;
  const judge = async (accident: ClockAccident): Promise<boolean> => {
    const { simulation, hasDied } = await playWrongClock(design, accident);
    const calmFrom = simulation.now();
    addCase(totals, {
      verdict: await simulation.drain(),
      fired: simulation.fired.counts,
      schedule: `clock ${accident.clock} in ${accident.times} ticks from ${accident.from}, dies at ${accident.dies ?? 'never'}`,
      mostDuplicates: 1,
    });
    longestMs = Math.max(longestMs, simulation.now() - calmFrom);
    return hasDied;
  };
  for (const clock of ['an hour behind', 'an hour ahead', 'in 2038'] as const) {
    for (let from = 0; from <= STATUSES.length; from += 1) {
      for (const times of [1, 3]) {
        await judge({ clock, from, times });
        let dies = 0;
        while (await judge({ clock, from, times, dies })) dies += 1;
      }
    }
  }
  return { totals, longestMs };
}

export async function playWrongClock(
  design: Design,
  { clock, from, times, dies }: ClockAccident,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; hasDied: boolean }> {
  let sends = 0;
  const answer = (): Answer => {
    sends += 1;
    return sends % 2 === 0 ? 'error 500' : 'ok';
  };
  const simulation = createSimulation({ design, ...options, faults: { ...NO_FAULTS, answer } });
  let hasDied = false;
  for (let tick = 0; tick <= STATUSES.length; tick += 1) {
    const status = STATUSES[tick - 1];
    if (status !== undefined) simulation.move('task-1', status);
    const isWrong = tick >= from && tick < from + times;
    await simulation.start({ skewMs: isWrong ? WRONG_CLOCKS[clock] : 0 });
    let steps = 0;
    for (;;) {
      const [step] = simulation.scheduler.pending();
      if (step === undefined) break;
      const isLast = tick === from && steps === dies;
      hasDied ||= isLast;
      await simulation.take(step, isLast ? 'dies after' : 'answered');
      steps += 1;
    }
    simulation.pass(MINUTE);
  }
  return { simulation, hasDied };
}
