import { manyBigDays, manyFailoverDays, manyWarmDays } from './days.ts';
import type { Totals } from './totals.ts';

/** A setting that days with every kind of fault are played in, and what must strike in it besides. */
export interface Setting {
  readonly name: string;
  readonly play: () => Promise<Totals>;
  /** As faults count them. */
  readonly strikes: readonly string[];
}

const LENGTH = { days: 60, minutes: 90 } as const;

export const SETTINGS = {
  shards: {
    name: 'the list first, and runs of their own for several projects',
    play: () => manyBigDays({ seed: 'many', ...LENGTH }),
    strikes: [
      'run of its own',
      'run left to another',
      'run lost',
      'run refused',
      'summary: forgotten',
      'summary: stale',
      'read from the cache',
    ],
  },
  warm: {
    name: 'processes that stay warm and read again only what others wrote',
    play: () => manyWarmDays({ seed: 'warm', ...LENGTH }),
    strikes: ['read from the cache', 'store: conflict', 'store: stale read'],
  },
  failover: {
    name: 'a store that loses its replica and fails over',
    play: () => manyFailoverDays({ seed: 'failover', ...LENGTH }),
    strikes: ['store: unconfirmed', 'store: failover', 'store: replica is back'],
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** What strikes on every such day. */
export const ACCIDENTS = ['crash: dies before', 'crash: dies after', 'stall', 'overlap'] as const;
