import type { MigrationEvent } from '../../lib/events/event.ts';
import { detect } from '../../lib/migration/detect/detect.ts';
import { detectGroup } from '../../lib/migration/group/group.ts';
import type { Enrichment, Stats } from '../../lib/migration/model/enrichment.ts';
import type { Observation } from '../../lib/migration/model/observation.ts';
import type { GroupState, ProjectState, Stream } from '../../lib/migration/model/state.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import type { Update } from '../../lib/migration/model/update.ts';
import type { Watch } from '../../lib/migration/model/watch.ts';
import { detectDegraded } from '../../lib/migration/project/degraded.ts';
import { detectProject, projectSubject, type WatchedProject } from '../../lib/migration/project/health.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import { failed, type MadeLook, missing, storedAfter, WATCH } from '../migration/support.ts';
import { STAMP } from './stamp.ts';

/** What one look update. */
export type Chapter = readonly MigrationEvent[];

const START = Date.parse('2026-01-05T00:10:00.000Z');
const HOUR = 60;
const DAY = 24 * HOUR;

const OBSERVATION: Omit<Observation, 'status'> = {
  name: 'orders-cache',
  migrationType: 'online_migration',
  migrationMethod: 'incremental_migration',
  source: { name: 'orders-old', address: '192.168.1.2:6379' },
  target: { name: 'orders-new', address: '192.168.1.31:6379' },
};

/** One look, so many minutes after the one before it. */
interface Step {
  readonly later: number;
  readonly look: MadeLook;
  readonly enrichment?: Enrichment;
}

function sees(later: number, status: string, enrichment: Enrichment = {}, taskStatus?: string): Step {
  const observation = { ...OBSERVATION, status, ...(taskStatus !== undefined && { taskStatus }) };
  return { later, look: { kind: 'seen', observation }, enrichment };
}

function stats(value: Stats): Enrichment {
  return { stats: { kind: 'known', value } };
}

const LISTED: Enrichment = { listed: { kind: 'known', value: { taskId: WATCH.taskId } } };
const IN_STEP = stats({
  offset: 0,
  sourceKeys: 1_000_000,
  targetKeys: 999_520,
  inputKbps: 310,
  opsPerSecond: 5600,
});

/** Plays looks on one task through the real rules; between two of them the record is storedAfter and read back. */
function play(
  steps: readonly Step[],
  watch: Watch = WATCH,
): { chapters: Chapter[]; record: StoredRecord | undefined } {
  let now = START;
  let record: StoredRecord | undefined;
  const chapters = steps.flatMap(({ later, look, enrichment }): Chapter[] => {
    now += later * 60_000;
    const update = detect(record, look, { watch, now: new Date(now), enrichment: enrichment ?? {} });
    if (update === undefined) return [];
    record = storedAfter(record, update);
    return update.events.length === 0 ? [] : [update.events];
  });
  return { chapters, record };
}

const COPYING: readonly Step[] = [
  sees(0, 'RUNNING'),
  sees(DAY + 5, 'RUNNING'),
  sees(12, 'FULLMIGRATING', stats({ progressPercent: 2, sourceKeys: 1_000_000, targetKeys: 20_000 })),
  sees(
    95,
    'FULLMIGRATING',
    stats({
      progressPercent: 50.4,
      sourceKeys: 1_000_000,
      targetKeys: 504_000,
      inputKbps: 20_480,
      opsPerSecond: 5600,
    }),
  ),
  sees(
    35,
    'FULLMIGRATING',
    stats({ progressPercent: 50.4, sourceKeys: 1_000_000, targetKeys: 504_000, inputKbps: 0 }),
  ),
  sees(
    9,
    'FULLMIGRATING',
    stats({ progressPercent: 51.2, sourceKeys: 1_000_000, targetKeys: 512_000, inputKbps: 18_000 }),
  ),
  sees(90, 'INCRMIGEATING', stats({ offset: 12_345_000, sourceKeys: 1_000_000, targetKeys: 999_000 })),
];
const READY: readonly Step[] = [1, 1, 1].map((later) => sees(later, 'INCRMIGEATING', IN_STEP));

const migration = play([
  ...COPYING,
  ...READY,
  sees(4, 'INCRMIGEATING', stats({ offset: 512_000_000, sourceKeys: 1_000_000, targetKeys: 999_520 })),
  ...READY,
  sees(2, 'FULLMIGRATING', stats({ progressPercent: 0, sourceKeys: 1_000_000, targetKeys: 0 })),
  sees(80, 'INCRMIGEATING', stats({ offset: 100_000, sourceKeys: 1_000_000, targetKeys: 990_000 })),
  ...[200, 400, 800, 1600, 3200, 6400, 9000].map((kB) =>
    sees(6, 'INCRMIGEATING', stats({ offset: kB * 1000 })),
  ),
  sees(20, 'INCRMIGEATING', stats({ offset: 90_000 })),
  sees(7 * DAY, 'INCRMIGEATING', stats({ offset: 40_000 })),
  ...READY,
  sees(5, 'INCRMIGEATING', {}, 'EXCHANGING'),
  sees(1, 'SUCCESS', LISTED, 'EXCHANGE_SUCCESS'),
]);

const ERROR_LINE =
  'Client id=17 addr=192.168.1.31:51002 scheduled to be closed ASAP for overcoming of output buffer limits.';
const failure = play([
  sees(0, 'MIGRATING', stats({ progressPercent: 12 })),
  sees(60, 'MIGRATING', stats({ progressPercent: 100, offset: 3 })),
  sees(2 * DAY, 'FAILED', {
    listed: {
      kind: 'known',
      value: { taskId: WATCH.taskId, errorMessage: 'The source closed the replication connection.' },
    },
    logs: {
      kind: 'known',
      value: [
        {
          at: '2026/01/07 09:14:31',
          level: 'ERROR',
          message: 'sync interrupted: EOF while reading from the source',
          keywords: [],
        },
        { at: '2026/01/07 09:14:30', level: 'ERROR', message: ERROR_LINE, keywords: [] },
      ],
    },
  }),
]);

const unexplained = play([
  sees(0, 'FULLMIGRATING', stats({ progressPercent: 12 })),
  sees(60, 'FAILED', {
    listed: { kind: 'denied', detail: 'HTTP 403' },
    logs: { kind: 'failed', reason: 'throttled', detail: 'HTTP 429' },
  }),
]);

const unseen = play([sees(0, 'RUNNING'), sees(240, 'SUCCESS', LISTED)]);

const unchecked = play([
  sees(0, 'INCRMIGEATING', IN_STEP),
  sees(5, 'SUCCESS', { listed: { kind: 'denied', detail: 'HTTP 403' } }),
]);

const BEHIND = stats({ offset: 9_000_000_000, sourceKeys: 1_000_000, targetKeys: 400_000 });
const behind = play([
  ...Array.from({ length: 12 }, () => sees(1, 'INCRMIGEATING', BEHIND)),
  sees(8 * DAY, 'INCRMIGEATING', BEHIND),
  sees(1, 'INCRMIGEATING', stats({ offset: 9_100_000_000, sourceKeys: 1_000_000, targetKeys: 400_000 })),
  sees(1, 'TERMINATED'),
]);

const rolledBack = play([
  sees(0, 'INCRMIGEATING', IN_STEP),
  sees(DAY, 'INCRMIGEATING', {}, 'EXCHANGING'),
  sees(5, 'INCRMIGEATING', IN_STEP, 'ROLLBACK_SUCCESS'),
]);

const vanished = play([
  ...COPYING,
  ...READY,
  { later: 1, look: failed('unreachable') },
  { later: 1, look: failed('unreachable') },
  { later: 1, look: failed('unreachable') },
  sees(1, 'INCRMIGEATING', IN_STEP),
  { later: 1, look: missing },
  { later: 1, look: missing },
]);

const PROJECT: WatchedProject = {
  id: WATCH.projectId,
  name: 'prod',
  region: WATCH.region,
  tasks: 12,
  consoleUrl: WATCH.consoleUrl,
  stamp: STAMP,
};

function ofProject(): Chapter[] {
  const refused = {
    kind: 'failing',
    failure: {
      reason: 'not authorised',
      detail: 'HTTP 401 APIGW.0301: signature refused. Check access key and secret key.',
    },
  } as const;
  let stream: Stream<ProjectState> | undefined;
  const chapters: Chapter[] = [];
  const note = (update: Update<ProjectState> | undefined) => {
    stream = update?.stream ?? stream;
    if (update !== undefined && update.events.length > 0) chapters.push(update.events);
  };
  for (const later of [0, 1, 2]) note(detectProject(stream, refused, PROJECT, minutes(later)));
  note(detectProject(stream, { kind: 'fine' }, PROJECT, minutes(9)));
  const denied = { list: { kind: 'denied', detail: 'HTTP 403 DCS.4401: no permission.' } } as const;
  note(detectDegraded(stream, denied, projectSubject(PROJECT), minutes(10)));
  return chapters;
}

function minutes(after: number): Date {
  return new Date(START + after * 60_000);
}

/** A group of so many tasks in one story after another: each story is what its tasks have shown so far. */
function ofGroup(size: number): Chapter[] {
  const ready = (index: number) => member(index, [...COPYING, ...READY]);
  const all = (makes: (index: number) => ReturnType<typeof ready>) =>
    Array.from({ length: size }, (_, index) => makes(index));
  const behind = stats({ offset: 512_000_000, sourceKeys: 1_000_000, targetKeys: 999_520 });
  const moments = [
    all(ready),
    all((index) =>
      index % 3 === 1
        ? member(index, [...COPYING, ...READY, sees(4, 'INCRMIGEATING', behind)])
        : ready(index),
    ),
    all((index) => (index % 4 === 2 ? member(index, [...COPYING, sees(4, 'FAILED', {})]) : ready(index))),
    all((index) => member(index, [...COPYING, ...READY, sees(9, 'TERMINATED')])),
  ];
  let stream: Stream<GroupState> | undefined;
  return moments.flatMap((members, index): Chapter[] => {
    const group = { name: 'payments', members, thresholds: DEFAULT_THRESHOLDS, stamp: STAMP };
    const update = detectGroup(stream, group, minutes(DAY + 400 + index * 10));
    stream = update?.stream ?? stream;
    return update === undefined ? [] : [update.events];
  });
}

function member(index: number, steps: readonly Step[]) {
  const watch = { ...WATCH, taskId: `task-${index}`, name: `orders-${index}` };
  return { watch, task: play(steps, watch).record?.state };
}

/** Events as the real rules make them, chapter by chapter. Between them, of every type but `watch.channel_broken`. */
export const STORIES: Readonly<Record<string, readonly Chapter[]>> = {
  'a migration with a fall back': migration.chapters,
  'a failure with a cause': failure.chapters,
  'a failure that nobody explains': unexplained.chapters,
  'an end that nobody saw come': unseen.chapters,
  'an end that nobody can check': unchecked.chapters,
  'an end while it is behind': behind.chapters,
  'an IP switch that is rolled back': rolledBack.chapters,
  'a task that vanishes': vanished.chapters,
  'a project whose calls fail': ofProject(),
  'a small group': ofGroup(3),
  'a large group': ofGroup(45),
};
