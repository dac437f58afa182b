import type { EventFacts, LastFigures, Report, Standing } from '../../events/event.ts';
import { type Ago, type Example, IN_STEP } from './example.ts';

/** Standings of the example migration, each since so many minutes. */
const AT = {
  configuring: (ago: Ago, minutes = 240): Standing => standing('RUNNING', 'configuring', ago(minutes)),
  full: (ago: Ago, minutes = 200): Standing => standing('FULLMIGRATING', 'full', ago(minutes)),
  incremental: (ago: Ago, minutes = 40): Standing => standing('INCRMIGEATING', 'incremental', ago(minutes)),
  switching: (ago: Ago, minutes = 2): Standing => standing('INCRMIGEATING', 'switching', ago(minutes)),
  stopping: (ago: Ago, minutes = 2): Standing => standing('TERMINATING', 'stopping', ago(minutes)),
};

function standing(status: string, phase: Standing['phase'], since: string): Standing {
  return { status, phase, since };
}

export const standingAt = AT;

export function inStepAt(at: string): LastFigures {
  return { state: 'in step', at, ...IN_STEP, words: 'in step' };
}

function report(ago: Ago): Report {
  const phases = [
    { phase: 'configuring', seconds: 2400 },
    { phase: 'full', seconds: 9600 },
    { phase: 'incremental', seconds: 2280 },
  ] as const;
  const events = [
    { type: 'dcs.migration.first_seen', at: ago(240) },
    { type: 'dcs.migration.status_changed', at: ago(200) },
    { type: 'dcs.migration.cutover_ready', at: ago(30) },
  ];
  return { watchedSince: ago(240), phases, peakOffset: 512_000_000, resynchronisations: 0, told: events };
}

const FAILED: Example = (ago) => ({
  severity: 'failure',
  from: AT.incremental(ago),
  to: standing('FAILED', 'failed', ago(0)),
  transition: 'failed',
  lastFigures: { state: 'unknown', words: 'unknown' },
  dossier: {
    errorMessage: 'The source closed the replication connection.',
    log: [{ message: 'Client scheduled to be closed ASAP for overcoming of output buffer limits.' }],
    unknown: [],
  },
  report: report(ago),
});

const NOT_IN_STEP: Example = (ago) => ({
  severity: 'action',
  from: AT.stopping(ago),
  to: standing('TERMINATED', 'stopped', ago(0)),
  transition: 'stopped_not_in_step',
  lastFigures: {
    state: 'behind',
    at: ago(4),
    offset: 9_100_000_000,
    sourceKeys: 1_000_000,
    targetKeys: 400_000,
    keyGapPercent: 60,
    unmet: ['lag', 'keys'],
    words: '9.1 GB behind, 60 % of the keys missing',
  },
  report: report(ago),
});

/** A change of status for each phase that a filter may ask for, and each severity. */
export const STATUS_EXAMPLES: readonly Example[] = [
  (ago) => ({
    severity: 'action',
    from: AT.full(ago),
    to: AT.incremental(ago, 0),
    transition: 'full_finished',
  }),
  FAILED,
  (ago) => ({
    severity: 'success',
    from: AT.switching(ago),
    to: standing('SUCCESS', 'succeeded', ago(0)),
    transition: 'finished',
    lastFigures: inStepAt(ago(4)),
    report: report(ago),
  }),
  (ago) => ({
    severity: 'info',
    from: AT.stopping(ago),
    to: standing('TERMINATED', 'stopped', ago(0)),
    transition: 'stopped_normally',
    lastFigures: inStepAt(ago(4)),
    report: report(ago),
  }),
  NOT_IN_STEP,
  plain('info', 'full_started', AT.configuring, AT.full),
  plain('info', 'switching', AT.incremental, AT.switching),
  plain('info', 'stopping', AT.incremental, AT.stopping),
  plain('action', 'arrived', AT.stopping, AT.configuring),
  (ago) => ({
    severity: 'info',
    from: standing('TERMINATED', 'stopped', ago(1500)),
    to: standing('RELEASED', 'released', ago(0)),
    transition: 'released',
    lastFigures: inStepAt(ago(1504)),
  }),
];

type Stand = (ago: Ago, minutes?: number) => Standing;

function plain(
  severity: EventFacts['severity'],
  transition: NonNullable<EventFacts['transition']>,
  from: Stand,
  to: Stand,
): Example {
  return (ago) => ({ severity, from: from(ago), to: to(ago, 0), transition });
}

export const FIRST_SIGHTS: readonly Example[] = [
  (ago) => ({ severity: 'info', to: AT.full(ago, 0) }),
  (ago) => ({ severity: 'action', to: AT.configuring(ago, 0) }),
  (ago) => ({
    severity: 'failure',
    to: standing('FAILED', 'failed', ago(0)),
    dossier: { errorMessage: 'The source closed the replication connection.', log: [], unknown: [] },
  }),
  (ago) => ({ severity: 'success', to: standing('SUCCESS', 'succeeded', ago(0)) }),
  (ago) => ({ severity: 'info', to: AT.incremental(ago, 0) }),
];

export const GONE: readonly Example[] = [
  (ago) => ({
    severity: 'action',
    from: AT.incremental(ago),
    to: standing('DELETED', 'gone', ago(0)),
    transition: 'gone',
    lastFigures: inStepAt(ago(4)),
    report: report(ago),
  }),
  (ago) => ({
    severity: 'info',
    from: standing('SUCCESS', 'succeeded', ago(600)),
    to: standing('DELETED', 'gone', ago(0)),
    transition: 'deleted_after_end',
  }),
];
