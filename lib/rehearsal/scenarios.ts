import {
  BURST,
  CONFIGURED,
  COPIES,
  CREATED,
  FAILS,
  FALLS_BACK,
  HALFWAY,
  MOVES_AGAIN,
  NOBODY_CONFIGURES,
  NOBODY_STOPS,
  ORDERS,
  type PlayedTask,
  READY,
  READY_AGAIN,
  READY_IN_MAINTENANCE,
  REPLICATES,
  REPLICATES_AGAIN,
  type Scene,
  SESSIONS,
  STANDS_STILL,
  STILL_NOBODY,
  STOPPED,
  STOPPING,
  WEBHOOK_IS_BACK,
} from './scenes.ts';

/** The part of one task. */
export interface Act {
  readonly cast: PlayedTask;
  readonly scenes: readonly Scene[];
}

export interface Scenario {
  /** In a few words, for people who choose. */
  readonly about: string;
  readonly acts: readonly Act[];
  /** It takes hours or days, so it is played only where time may be skipped. */
  readonly takesLong?: boolean;
}

/** A user's own pipeline is not down when we say so. */
const READY_WITH_TROUBLE: readonly Scene[] = [
  READY_IN_MAINTENANCE,
  WEBHOOK_IS_BACK,
  { ...READY_AGAIN, only: 'for real' },
];
const COPYING_FAILS: Act = { cast: SESSIONS, scenes: [COPIES, FAILS] };

/** The default: one migration that has problems and ends well, and one that fails. */
export const WHOLE_STORY: Scenario = {
  about: 'a whole migration with its problems, and a failed one',
  acts: [
    {
      cast: ORDERS,
      scenes: [
        CREATED,
        CONFIGURED,
        HALFWAY,
        REPLICATES,
        READY,
        BURST,
        FALLS_BACK,
        REPLICATES_AGAIN,
        ...READY_WITH_TROUBLE,
        STOPPING,
        STOPPED,
      ],
    },
    COPYING_FAILS,
  ],
};

/** The scenarios that can be played alone. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map<string, Scenario>(
  Object.entries({
    cutover: {
      about: 'ready, not ready, a webhook down, the end',
      acts: [{ cast: ORDERS, scenes: [REPLICATES, READY, BURST, ...READY_WITH_TROUBLE, STOPPING, STOPPED] }],
    },
    regression: {
      about: 'ready, then back to a full synchronisation',
      acts: [{ cast: ORDERS, scenes: [REPLICATES, READY, FALLS_BACK, REPLICATES_AGAIN, READY_AGAIN] }],
    },
    failure: { about: 'a failure: error message, log lines, advice', acts: [COPYING_FAILS] },
    stall: {
      about: 'a full synchronisation stands still for 30 min',
      acts: [{ cast: SESSIONS, scenes: [COPIES, STANDS_STILL, MOVES_AGAIN] }],
      takesLong: true,
    },
    forgotten: {
      about: 'a task not configured, a replication not stopped',
      acts: [
        {
          cast: ORDERS,
          scenes: [CREATED, NOBODY_CONFIGURES, STILL_NOBODY, CONFIGURED, REPLICATES, NOBODY_STOPS],
        },
      ],
      takesLong: true,
    },
  }),
);
