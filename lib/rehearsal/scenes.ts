import { type AnswerBody, SIMULATED_PASSWORDS } from '../simulator/answers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A migration task that is played. */
export interface PlayedTask {
  readonly id: string;
  readonly name: string;
  /** Where its answer differs from that of any other task. */
  readonly answer: AnswerBody;
}

/** One look of the watcher, and what the statistics say then. */
export interface Look {
  /** How much later than the look before. Milliseconds. */
  readonly laterMs: number;
  readonly figures?: AnswerBody;
}

/** One moment of the migration that is played. Its looks are made one after the other. */
export interface Scene {
  /** The event in a sentence or two. */
  readonly title: string;
  /** The answers of DCS from now on. */
  readonly status: string;
  readonly looks: readonly Look[];
  /** Why the task failed: what the list says, and the lines of level ERROR in the log. */
  readonly failure?: { readonly errorMessage: string; readonly log: readonly string[] };
  /** The pipeline refuses the next webhook. */
  readonly webhookIsDown?: boolean;
  /** Played only where this machine receives and time may be skipped, or only to the user's own channels. */
  readonly only?: 'on stage' | 'for real';
}

export const ORDERS: PlayedTask = {
  id: '91d4c7aa6b3f4e18a2c507f9e4b8d613',
  name: 'orders-cache',
  answer: {},
};

export const SESSIONS: PlayedTask = {
  id: '3b7e0f5290d84c6fa81d6b24c75e9a08',
  name: 'sessions-cache',
  answer: {
    description: 'move the sessions cache',
    source_instance: {
      name: 'sessions-old',
      addrs: '192.168.1.4:6379',
      ip: '192.168.1.4',
      port: '6379',
      password: SIMULATED_PASSWORDS[0],
    },
    target_instance: {
      name: 'sessions-new',
      addrs: '192.168.1.33:6379',
      ip: '192.168.1.33',
      port: '6379',
      password: SIMULATED_PASSWORDS[1],
    },
  },
};

const KEYS = 1_204_118;
/** Some keys have expired on one side and not yet on the other. */
const EXPIRED = 31;

function copied(percent: number): AnswerBody {
  return {
    full_migration_progress: percent,
    offset: 0,
    source_dbsize: KEYS,
    target_dbsize: Math.round((KEYS * percent) / 100),
    target_input_kbps: 48_200,
    target_ops: 21_400,
  };
}

/** @param offset bytes that are on their way, of about a hundred for each key */
function behind(offset: number): AnswerBody {
  return {
    offset,
    source_dbsize: KEYS,
    target_dbsize: KEYS - EXPIRED - Math.min(5210, Math.ceil(offset / 100)),
    target_input_kbps: 310,
    target_ops: 5600,
  };
}

function inStep(looks: number): readonly Look[] {
  return Array.from({ length: looks }, () => ({ laterMs: MINUTE, figures: behind(0) }));
}

export const CREATED: Scene = {
  title:
    'A migration task was created, and the watcher finds it in the list. RUNNING means that it is not configured yet.',
  status: 'RUNNING',
  looks: [{ laterMs: 0 }],
};

export const CONFIGURED: Scene = {
  title: 'Somebody has configured the task, and it copies data.',
  status: 'FULLMIGRATING',
  looks: [{ laterMs: 6 * MINUTE, figures: copied(2) }],
};

export const HALFWAY: Scene = {
  title: 'Half of the data is copied. The marks at 25, 50 and 75 % are announced, nothing in between.',
  status: 'FULLMIGRATING',
  looks: [
    { laterMs: 8 * MINUTE, figures: copied(11) },
    { laterMs: 8 * MINUTE, figures: copied(20) },
    { laterMs: 26 * MINUTE, figures: copied(52) },
  ],
};

export const REPLICATES: Scene = {
  title: 'Everything is copied. Changes in the source follow with a lag.',
  status: 'INCRMIGEATING',
  looks: [{ laterMs: 45 * MINUTE, figures: behind(184_000) }],
};

export const READY: Scene = {
  title: 'The lag has shrunk to nothing. After three looks in a row without a lag, the task is ready.',
  status: 'INCRMIGEATING',
  looks: [
    { laterMs: MINUTE, figures: behind(91_000) },
    { laterMs: MINUTE, figures: behind(26_000) },
    ...inStep(3),
  ],
};

export const BURST: Scene = {
  title: 'A batch job writes a lot to the source, so the target is far behind again. One look is enough.',
  status: 'INCRMIGEATING',
  looks: [{ laterMs: 9 * MINUTE, figures: behind(412_000_000) }],
};

export const FALLS_BACK: Scene = {
  title: 'The connection to the source broke. DCS reconnects by itself, and copies everything once more.',
  status: 'FULLMIGRATING',
  looks: [{ laterMs: 3 * MINUTE, figures: copied(1) }],
};

export const REPLICATES_AGAIN: Scene = {
  title: 'The second copy is complete.',
  status: 'INCRMIGEATING',
  looks: [{ laterMs: 88 * MINUTE, figures: behind(42_000) }],
};

export const READY_AGAIN: Scene = {
  title: 'Again three looks in a row without a lag.',
  status: 'INCRMIGEATING',
  looks: inStep(3),
};

export const READY_IN_MAINTENANCE: Scene = {
  ...READY_AGAIN,
  title: 'Again three looks in a row without a lag. Slack gets the message, but the pipeline is down.',
  webhookIsDown: true,
  only: 'on stage',
};

export const WEBHOOK_IS_BACK: Scene = {
  title: 'The pipeline is back. The task is looked at again first; then the pipeline gets the same event.',
  status: 'INCRMIGEATING',
  looks: [{ laterMs: 2 * MINUTE, figures: behind(0) }],
  only: 'on stage',
};

export const STOPPING: Scene = {
  title: 'The cut-over is on: nothing writes to the source, and somebody stops the replication.',
  status: 'TERMINATING',
  looks: [{ laterMs: 4 * MINUTE }],
};

export const STOPPED: Scene = {
  title: 'It has stopped: the normal end of a replication in step. The last event includes a report.',
  status: 'TERMINATED',
  looks: [{ laterMs: MINUTE }],
};

export const COPIES: Scene = {
  title: 'sessions-cache, a task that is already copying, is seen for the first time.',
  status: 'FULLMIGRATING',
  looks: [{ laterMs: 10 * MINUTE, figures: copied(31) }],
};

export const FAILS: Scene = {
  title: 'It has failed. Its status gives no reason, so the watcher looks in the list and the log.',
  status: 'FAILED',
  looks: [{ laterMs: 12 * MINUTE }],
  failure: {
    errorMessage: 'Full migration failed: the replication link to the source was lost 3 times.',
    log: [
      'Reading the snapshot of the source stopped: connection closed by peer.',
      'The source closed the link: output buffer limit of the slave exceeded.',
    ],
  },
};

export const STANDS_STILL: Scene = {
  title: 'No progress and no new key in the target for half an hour, although the status is unchanged.',
  status: 'FULLMIGRATING',
  looks: [10, 10, 11].map((minutes) => ({
    laterMs: minutes * MINUTE,
    figures: { ...copied(31), target_input_kbps: 0, target_ops: 0 },
  })),
};

export const MOVES_AGAIN: Scene = {
  title: 'It moves again.',
  status: 'FULLMIGRATING',
  looks: [{ laterMs: 7 * MINUTE, figures: copied(34) }],
};

export const NOBODY_CONFIGURES: Scene = {
  title: 'Nobody has configured it yet.',
  status: 'RUNNING',
  looks: [{ laterMs: 12 * HOUR }, { laterMs: 12 * HOUR }],
};

export const STILL_NOBODY: Scene = { title: 'Still nobody.', status: 'RUNNING', looks: [{ laterMs: DAY }] };

export const NOBODY_STOPS: Scene = {
  title: 'It still replicates. A replication never ends by itself, and costs money as long as it runs.',
  status: 'INCRMIGEATING',
  looks: [{ laterMs: 7 * DAY, figures: behind(3) }],
};
