import type { EventType } from '../../events/event.ts';
import { EARLIER, type Example, IN_STEP, LIMITS } from './example.ts';
import { FIRST_SIGHTS, GONE, inStepAt, STATUS_EXAMPLES, standingAt } from './statuses.ts';

type TaskEventType = Extract<EventType, `dcs.migration.${string}`>;

const { configuring, full, incremental } = standingAt;
const LAG = 'the lag (offset) is 512 MB (limit 1 kB)';
const BEHIND = {
  ...LIMITS,
  ...IN_STEP,
  offset: 512_000_000,
  reason: LAG,
  because: { code: 'figures' },
} as const;

const READINESS: Readonly<Record<'ready' | 'unready' | 'blocked', Example>> = {
  ready: (ago) => ({
    severity: 'action',
    standing: incremental(ago),
    readiness: { ...IN_STEP, ...LIMITS },
    validUntil: ago(-60),
    sequence: String(Math.floor(Date.parse(ago(0)) / 1000)),
  }),
  unready: (ago) => ({
    severity: 'action',
    standing: incremental(ago),
    transition: 'no_longer_ready',
    readiness: { ...BEHIND, unmet: ['lag'], retracts: EARLIER },
  }),
  blocked: (ago) => ({
    severity: 'action',
    standing: incremental(ago),
    transition: 'not_ready',
    readiness: { ...BEHIND, unmet: ['lag'] },
  }),
};

const PROGRESS: Example = (ago) => ({
  severity: 'info',
  standing: full(ago, 95),
  progress: {
    percent: 50.4,
    mark: 50,
    percentPerHour: 30.6,
    secondsLeft: 5841,
    sourceKeys: 1_000_000,
    targetKeys: 504_000,
    inputKbps: 20_480,
    opsPerSecond: 5600,
  },
});

const SWITCHED: Example = (ago) => ({
  severity: 'success',
  standing: { status: 'SUCCESS', phase: 'succeeded', since: ago(0) },
  lastFigures: inStepAt(ago(4)),
});

/** Examples of events about a task, the usual case first. */
export const TASK_EXAMPLES: Readonly<Record<TaskEventType, readonly Example[]>> = {
  'dcs.migration.first_seen': FIRST_SIGHTS,
  'dcs.migration.status_changed': STATUS_EXAMPLES,
  'dcs.migration.gone': GONE,
  'dcs.migration.progress': [PROGRESS],
  'dcs.migration.cutover_ready': [READINESS.ready],
  'dcs.migration.cutover_unready': [READINESS.unready],
  'dcs.migration.cutover_blocked': [READINESS.blocked],
  'dcs.migration.regressed': (['action', 'failure'] as const).map((severity): Example => {
    return (ago) => ({
      severity,
      from: incremental(ago),
      standing: full(ago, 0),
      resynchronisations: 1,
    });
  }),
  'dcs.migration.stalled': [
    (ago) => ({
      severity: 'action',
      standing: full(ago),
      stall: { kind: 'no progress', since: ago(35), percent: 50.4, targetKeys: 504_000, inputKbps: 0 },
      seconds: 2100,
    }),
  ],
  'dcs.migration.resumed': [
    (ago) => ({
      severity: 'info',
      standing: full(ago),
      transition: 'moves_again',
      stall: { kind: 'no progress', since: ago(42), percent: 51.2, targetKeys: 512_000, inputKbps: 18_000 },
    }),
  ],
  'dcs.migration.forgotten': [
    (ago) => ({ severity: 'action', standing: configuring(ago, 1445), reminders: 0, seconds: 86_700 }),
  ],
  'dcs.migration.ip_switched': [SWITCHED, (ago) => ({ ...SWITCHED(ago), severity: 'action' })],
  'dcs.migration.ip_rolled_back': [(ago) => ({ severity: 'action', standing: incremental(ago) })],
};
