import type { Phase, Severity } from '../../lib/events/phase.ts';
import type { Point } from '../../lib/migration/model/series.ts';
import type { History } from '../../lib/status/history.ts';
import type { Status, TaskStatus } from '../../lib/status/status.ts';

/** Hand-made, the same at each run: what the page shows of tasks in every condition. */
export const AT = '2026-01-06T14:30:00.000Z';
const MINUTE_MS = 60_000;
const PROJECT = { id: '254d2280acb74d36a8b839746bcd7352', name: 'prod', region: 'cn-north-4' };

export function before(minutes: number): string {
  return new Date(Date.parse(AT) - minutes * MINUTE_MS).toISOString();
}

/** The series of a copy of some gigabytes that is followed by replication; deterministic noise. */
export function series(minutes: number, end: number): Point[] {
  const points = Math.min(240, Math.floor(minutes / 5));
  return Array.from({ length: points }, (_, place) => {
    const at = before(((points - 1 - place) / points) * minutes);
    const share = (place + 1) / points;
    const noise = 1 + 0.4 * Math.sin(place * 1.7) * Math.cos(place * 0.6);
    if (share < 0.5) {
      const percent = Math.min(100, Math.round(share * 200 * 10) / 10);
      return {
        at,
        percent,
        lag: Math.round(4e9 * (1 - share) * noise),
        targetKeys: Math.round(2e6 * share * 2),
        sourceKeys: 2_000_000,
      };
    }
    const lag = Math.round(4e9 * Math.exp(-(share - 0.5) * 28) * noise + end * noise);
    return {
      at,
      lag,
      sourceKeys: 2_000_000 + place * 40,
      targetKeys: 2_000_000 + place * 40 - Math.round(lag / 5e5),
    };
  });
}

export function task(name: string, more: Partial<TaskStatus> = {}): TaskStatus {
  return {
    id: `${'0123456789abcdef'.repeat(2).slice(name.length % 16)}${'0'.repeat(32)}`.slice(0, 32),
    name,
    project: PROJECT,
    labels: {},
    phase: 'full',
    status: 'FULLMIGRATING',
    since: before(125),
    severity: 'info',
    readiness: { state: 'not ready', unmet: [], words: 'the full copy is under way' },
    lastLookAt: before(1),
    deliveries: { pending: 0, held: 0, dead: 0 },
    lastEvents: [
      {
        time: before(180),
        type: 'dcs.migration.first_seen',
        summary: `${name}: now watched, CREATING (creating)`,
      },
      { time: before(125), type: 'dcs.migration.status_changed', summary: `${name}: creating → full` },
    ],
    consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4#/dcs/dataMigration',
    figures: series(125, 2e5),
    ...more,
  };
}

const copying = (name: string, percent: number, remaining: number) =>
  task(name, {
    progress: { percent, remainingMs: remaining * MINUTE_MS, ratePercentPerHour: 22.4 },
    lag: { bytes: 2_800_000_000, at: before(1) },
    figures: series(250, 2e5)
      .slice(0, 25)
      .map((point, place) => ({ ...point, at: before(125 - place * 5) })),
  });

const replicating = (name: string, more: Partial<TaskStatus> = {}) =>
  task(name, {
    phase: 'incremental',
    status: 'INCRMIGEATING',
    since: before(310),
    figures: series(640, 2e5),
    lag: { bytes: 212_000, at: before(1) },
    keys: { source: 2_004_210, target: 2_004_188, gapPercent: 0.01, at: before(1) },
    readiness: { state: 'not ready', unmet: [], words: 'in step at 2 of 3 looks in a row' },
    lastEvents: [
      {
        time: before(640),
        type: 'dcs.migration.first_seen',
        summary: `${name}: now watched, FULLMIGRATING (full)`,
      },
      { time: before(470), type: 'dcs.migration.progress', summary: `${name}: 50 % copied` },
      { time: before(310), type: 'dcs.migration.status_changed', summary: `${name}: full → incremental` },
    ],
    ...more,
  });

const ended = (name: string, phase: Phase, severity: Severity, minutes: number) =>
  task(name, {
    phase,
    status: phase === 'failed' ? 'MIGRATION_FAILED' : 'MIGRATE_SUCCESS',
    severity,
    since: before(minutes),
    figures: series(900, 0),
    readiness: { state: 'does not apply', unmet: [], words: `it is ${phase}` },
    lastEvents: [
      {
        time: before(minutes + 500),
        type: 'dcs.migration.status_changed',
        summary: `${name}: full → incremental`,
      },
      { time: before(minutes), type: 'dcs.migration.status_changed', summary: `${name}: migration ${phase}` },
    ],
  });

export const TEN: readonly TaskStatus[] = [
  copying('catalogue-cache', 64.2, 96),
  replicating('orders-cache', {
    severity: 'action',
    lag: { bytes: 212, at: before(1) },
    figures: series(640, 212),
    readiness: { state: 'ready', since: before(42), unmet: [], words: 'ready for the cut-over' },
    lastEvents: [
      {
        time: before(310),
        type: 'dcs.migration.status_changed',
        summary: 'orders-cache: full → incremental',
      },
      {
        time: before(42),
        type: 'dcs.migration.cutover_ready',
        summary:
          'orders-cache: ready for the cut-over: lag (offset) 212 bytes, key counts 0.01 % apart, for 3 looks in a row',
      },
    ],
    deliveries: { pending: 1, held: 0, dead: 0 },
  }),
  replicating('payments-ledger', {
    readiness: {
      state: 'not ready',
      unmet: ['lag'],
      words: 'the lag (offset) is 340 MB (limit 1 MB)',
    },
    lag: { bytes: 340_000_000, at: before(1) },
    figures: series(640, 3.4e8),
  }),
  ended('feature-flags', 'failed', 'failure', 34),
  copying('sessions-eu', 12.5, 540),
  replicating('search-suggestions', {
    severity: 'action',
    stalledSince: before(55),
    readiness: {
      state: 'not known',
      unmet: ['lag unknown'],
      words: 'the statistics give no usable lag (offset)',
    },
    mutedUntil: before(-90),
  }),
  task('profile-pictures', {
    severity: 'action',
    failing: {
      since: before(23),
      reason: 'not authorised',
      looks: 12,
      words: 'HTTP 403, DCS.2003: the access key may not read this task; grant dcs:migrationTask:get',
    },
    deliveries: { pending: 2, held: 0, dead: 1 },
  }),
  ended('geo-index', 'succeeded', 'success', 1500),
  ended('rate-limits', 'succeeded', 'success', 2900),
  task('بحث-cache', {
    phase: 'configuring',
    status: 'CONFIGURING',
    figures: [],
    since: before(12),
    readiness: { state: 'does not apply', unmet: [], words: 'it is configuring' },
  }),
];

/** A thousand of all kinds, most of them calm. */
export const THOUSAND: readonly TaskStatus[] = Array.from({ length: 1000 }, (_, place) => {
  const name = `shard-${String(place).padStart(4, '0')}`;
  const id = String(place).padStart(32, '0');
  if (place % 97 === 0) return { ...ended(name, 'failed', 'failure', place), id };
  if (place % 41 === 0) return { ...replicating(name, { severity: 'action', stalledSince: before(30) }), id };
  if (place % 5 === 0) return { ...ended(name, 'succeeded', 'success', place * 3), id };
  return place % 3 === 0 ? { ...copying(name, place / 10, place), id } : { ...replicating(name), id };
});

export function status(tasks: readonly TaskStatus[] = TEN, more: Partial<Status> = {}): Status {
  return {
    at: AT,
    lastTick: { at: before(0.5), tasks: tasks.length, failedLooks: 1, ms: 2140, isOld: false },
    tasks,
    groups: [
      { name: 'orders', tasks: 4, ready: 1, done: 1, failed: 1, announced: ['failed'] },
      { name: 'catalogue', tasks: 3, ready: 0, done: 0, failed: 0, announced: [] },
    ],
    projects: [
      { ...PROJECT, degraded: [] },
      {
        id: '8aa6999e7d10a4c2017d5b9e0f3377c5',
        name: 'staging',
        region: 'eu-west-101',
        failing: { since: before(38), reason: 'unreachable', looks: 9, words: 'connection refused' },
        cooldownUntil: before(-4),
        degraded: ['ListMigrationTaskLogs'],
      },
    ],
    channels: [
      { name: 'ops', type: 'slack', audience: 'people', pending: 0, held: 0, dead: 0 },
      { name: 'oncall', type: 'pagerduty', audience: 'people', pending: 0, held: 0, dead: 0 },
      {
        name: 'cutover',
        type: 'webhook',
        audience: 'programs',
        pending: 3,
        held: 0,
        dead: 1,
        broken: { since: before(47), reason: 'HTTP 410: the hook was deleted', nextTryAt: before(-13) },
      },
      {
        name: 'nights',
        type: 'feishu',
        audience: 'people',
        pending: 2,
        held: 2,
        dead: 0,
        quietUntil: before(-570),
      },
    ],
    mutes: [
      {
        id: 'mute_4f2a91',
        scope: 'task',
        target: 'search-suggestions',
        name: 'search-suggestions',
        from: before(60),
        until: before(-90),
        why: 'planned maintenance of the source',
      },
    ],
    problems: [],
    ...more,
  };
}

export function history(of: TaskStatus = TEN[1] ?? task('orders')): History {
  const delivered = (channel: string, minutes: number, eventId: string) => ({
    state: 'delivered' as const,
    channel,
    eventId,
    task: of.name ?? of.id,
    attempts: 1,
    history: [{ at: before(minutes), class: 'delivered', status: 200, ms: 180 }],
    redrives: 0,
    deliveredAt: before(minutes),
  });
  return {
    at: AT,
    task: {
      ...of,
      source: 'redis-ab12.example:6379',
      target: 'dcs-orders (10.0.3.17:6379)',
      labels: { team: 'orders', wave: '3' },
    },
    phases: [
      { phase: 'creating', status: 'CREATING', from: before(655), to: before(640) },
      { phase: 'full', status: 'FULLMIGRATING', from: before(640), to: before(310) },
      { phase: 'incremental', status: 'INCRMIGEATING', from: before(310) },
    ],
    figures: series(640, 212).filter((_, place) => place < 90 || place > 100),
    events: [
      {
        time: before(640),
        type: 'dcs.migration.first_seen',
        severity: 'info',
        summary: 'orders-cache: now watched, FULLMIGRATING (full)',
        deliveries: [delivered('ops', 640, 'evt_1'), delivered('cutover', 639, 'evt_1')],
      },
      {
        time: before(310),
        type: 'dcs.migration.status_changed',
        severity: 'info',
        summary: 'orders-cache: full → incremental',
        deliveries: [delivered('ops', 309, 'evt_2'), delivered('cutover', 308, 'evt_2')],
      },
      {
        time: before(42),
        type: 'dcs.migration.cutover_ready',
        severity: 'action',
        summary:
          'orders-cache: ready for the cut-over: lag (offset) 212 bytes, key counts 0.01 % apart, for 3 looks in a row',
        deliveries: [
          delivered('ops', 42, 'evt_3'),
          {
            state: 'pending',
            channel: 'cutover',
            eventId: 'evt_3',
            task: 'orders-cache',
            attempts: 4,
            history: [
              { at: before(5), class: 'broken', reason: 'HTTP 410: the hook was deleted', status: 410 },
            ],
            redrives: 0,
            nextAttemptAt: before(-13),
          },
          {
            state: 'dead',
            channel: 'old-hook',
            eventId: 'evt_3',
            task: 'orders-cache',
            attempts: 9,
            history: [],
            redrives: 0,
            why: 'HTTP 404',
            diedAt: before(10),
          },
        ],
      },
    ],
  };
}
