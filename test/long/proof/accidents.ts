import { playCrashes } from './crashes.ts';
import { type Faults, NO_FAULTS, STORE_FAULTS, type StoreFault } from './faults.ts';
import { ANSWERS, type Answer, takingOf } from './receivers.ts';
import { isGlitch, LOOK_FAILURES, LOOK_GLITCHES, type LookFault } from './service.ts';
import type { Design } from './simple-designs.ts';
import type { Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

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
        const schedule = `store ${fault} at request ${from}, ${times} in a row`;
        const play = () => playStoreAccident(design, { fault, from, times });
        const { simulation, requests } = await named(schedule, play);
        if (requests <= from) break;
        // A read of old data costs a conflict; only an acknowledgement that failed costs a copy.
        const mostDuplicates = fault === 'stale read' || fault === 'asked twice' ? 0 : 1;
        await conclude(totals, { schedule, mostDuplicates }, simulation);
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
export async function everyAnswer(design: Design, answers: readonly Answer[] = ANSWERS): Promise<Totals> {
  const totals = createTotals();
  for (const answer of answers) {
    for (let at = 0; ; at += 1) {
      const schedule = `answer ${answer} at send ${at}`;
      const { simulation, sends } = await named(schedule, () => playAnswer(design, answer, at));
      if (sends <= at) break;
      await conclude(totals, { schedule, mostDuplicates: takingOf(answer, 'programs').unknown }, simulation);
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

/** From the look with this number on, so many in a row go wrong. */
export interface LookAccident {
  readonly fault: LookFault;
  readonly from: number;
  readonly times: number;
}

/** Everything that the service and the network to it can do, at every look, once and several times in a row. */
export async function everyLookFault(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const fault of [...LOOK_FAILURES, ...LOOK_GLITCHES]) {
    // A task counts as gone only when two looks miss it.
    for (const times of isGlitch(fault) ? [1] : LENGTHS) {
      for (let from = 0; ; from += 1) {
        const schedule = `look ${fault} at look ${from}, ${times} in a row`;
        const play = () => playLookAccident(design, { fault, from, times });
        const { simulation, looks } = await named(schedule, play);
        if (looks <= from) break;
        await conclude(totals, { schedule, mostDuplicates: 0 }, simulation);
      }
    }
  }
  return totals;
}

export async function playLookAccident(
  design: Design,
  { fault, from, times }: LookAccident,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; looks: number }> {
  let looks = 0;
  const look = (): LookFault | undefined => {
    looks += 1;
    return looks > from && looks <= from + times ? fault : undefined;
  };
  const simulation = await playCrashes(design, [], { ...options, faults: { ...NO_FAULTS, look } });
  return { simulation, looks };
}
