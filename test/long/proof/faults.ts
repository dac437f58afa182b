import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { ANSWERS, type Answer } from './receivers.ts';
import { LOOK_FAILURES, LOOK_GLITCHES, type LookFault } from './service.ts';

/**
 * What goes wrong with a request to the store. `answer lost` leaves open whether it was applied (it was);
 * `asked twice` is a client that repeats a write whose answer was lost, and finds its own write.
 */
export const STORE_FAULTS = ['throttled', 'answer lost', 'asked twice', 'stale read'] as const;
export type StoreFault = (typeof STORE_FAULTS)[number];

/** Decides what goes wrong, at the moment at which a step is made. */
export interface Faults {
  answer(channel: string): Answer;
  store(operation: 'load' | 'get' | 'save', partition: string): StoreFault | undefined;
  look(taskId: string): LookFault | undefined;
}

export const NO_FAULTS: Faults = {
  answer: () => 'ok',
  store: () => undefined,
  look: () => undefined,
};

/** What goes wrong on a bad day, and what must follow from it, by the names under which it is counted. */
export const FAULT_KINDS: Readonly<Record<string, readonly string[]>> = {
  'the network to receivers': ANSWERS.map((answer) => `answer: ${answer}`),
  'the network to the service': [...LOOK_FAILURES, ...LOOK_GLITCHES].map((fault) => `look: ${fault}`),
  'the store': [
    ...STORE_FAULTS.map((fault) => `store: ${fault}`),
    'store: acknowledgement lost',
    'store: conflict',
  ],
  clocks: ['clock: ahead', 'clock: behind'],
  processes: ['crash: dies before', 'crash: dies after', 'stall', 'overlap'],
  'the configuration': ['channel removed', 'channel added'],
  'what came of it': [
    ...['delivered', 'transient', 'pause', 'permanent', 'broken'].map((outcome) => `delivery: ${outcome}`),
    'dead letter: refused',
    'deliveries cancelled',
    ...['not found', 'not authorised', 'throttled', 'unreachable', 'unreadable answer'].map(
      (reason) => `look failed: ${reason}`,
    ),
    'look skipped: resting',
    'look skipped: out of time',
    ...['migration.first_seen', 'migration.status_changed', 'migration.gone'].map((type) => `event: ${type}`),
    ...['watch.failing', 'watch.restored', 'watch.channel_broken'].map((type) => `event: ${type}`),
  ],
};

/** Under which names of {@link FAULT_KINDS} an entry of the log is counted. */
export function kindsOf(entry: LogEntry): string[] {
  switch (entry.kind) {
    case 'delivery':
      return [`delivery: ${entry.outcome}`];
    case 'dead_letter':
      return [`dead letter: ${entry.why}`];
    case 'deliveries_cancelled':
      return ['deliveries cancelled'];
    case 'look_failed':
      return [`look failed: ${entry.reason}`];
    case 'looks_skipped':
      return [`look skipped: ${entry.why}`];
    default:
      return [];
  }
}

/** Counts, so that a fault test knows that its fault fired. */
export interface Counter {
  count(kind: string): void;
  readonly counts: ReadonlyMap<string, number>;
}

export function createCounter(): Counter {
  const counts = new Map<string, number>();
  return {
    counts,
    count: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
  };
}
