import { type Faults, STORE_FAULTS, type StoreFault } from './faults.ts';
import { CHANNELS } from './network.ts';
import type { Random } from './random.ts';
import { ANSWERS, type Answer } from './receivers.ts';
import { LOOK_FAILURES, LOOK_GLITCHES, type LookFault } from './service.ts';

/** How often each thing goes wrong: per answer, request to the store, look, look that goes wrong, minute. */
const RATES = { answer: 0.15, store: 0.03, look: 0.05, glitch: 0.2, outage: 0.002 } as const;
/** The whole service, or one receiver, fails for so many minutes at most. */
const LONGEST_OUTAGE = 60;
/** Two looks in a row that do not find a task are believed; with so many others in between they are never in a row. */
const LOOKS_BETWEEN_GLITCHES = 60;

/** Faults that come and go at random: single ones, and outages. */
export interface RandomFaults extends Faults {
  /** A minute has passed. */
  change(): void;
}

interface Outage<T> {
  readonly what: T;
  left: number;
}

export function createRandomFaults(random: Random): RandomFaults {
  const looksSinceGlitch = new Map<string, number>();
  let service: Outage<LookFault> | undefined;
  let receiver: Outage<{ readonly channel: string; readonly answer: Answer }> | undefined;

  const outage = <T>(before: Outage<T> | undefined, what: () => T): Outage<T> | undefined => {
    if (before !== undefined && before.left > 1) return { ...before, left: before.left - 1 };
    return random.chance(RATES.outage) ? { what: what(), left: 1 + random.below(LONGEST_OUTAGE) } : undefined;
  };

  const mayGlitch = (taskId: string): boolean => {
    const looks = looksSinceGlitch.get(taskId) ?? LOOKS_BETWEEN_GLITCHES;
    if (looks >= LOOKS_BETWEEN_GLITCHES) looksSinceGlitch.set(taskId, 0);
    return looks >= LOOKS_BETWEEN_GLITCHES;
  };

  return {
    change() {
      service = outage(service, () => random.pick(LOOK_FAILURES));
      receiver = outage(receiver, () => {
        const channel = CHANNELS[random.below(CHANNELS.length)] ?? '';
        return { channel, answer: random.pick(ANSWERS) };
      });
    },

    answer(channel) {
      if (receiver?.what.channel === channel) return receiver.what.answer;
      return random.chance(RATES.answer) ? random.pick(ANSWERS) : 'ok';
    },

    store(operation) {
      if (!random.chance(RATES.store)) return undefined;
      const fault = random.pick(STORE_FAULTS);
      return operation !== 'save' && isAboutWrites(fault) ? 'throttled' : fault;
    },

    look(taskId) {
      if (service !== undefined) return service.what;
      if (random.chance(RATES.look)) {
        if (!random.chance(RATES.glitch)) return random.pick(LOOK_FAILURES);
        if (mayGlitch(taskId)) return random.pick(LOOK_GLITCHES);
      }
      looksSinceGlitch.set(taskId, (looksSinceGlitch.get(taskId) ?? LOOKS_BETWEEN_GLITCHES) + 1);
      return undefined;
    },
  };
}

function isAboutWrites(fault: StoreFault): boolean {
  return fault === 'answer lost' || fault === 'asked twice';
}
