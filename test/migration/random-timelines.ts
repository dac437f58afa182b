import fc from 'fast-check';
import { detect, detectNoLook } from '../../lib/migration/detect/detect.ts';
import { enrichmentFor } from '../../lib/migration/detect/enrich.ts';
import type { CallResult, Enrichment, ListedTask, Stats } from '../../lib/migration/model/enrichment.ts';
import type { TaskState } from '../../lib/migration/model/state.ts';
import type { Thresholds } from '../../lib/migration/model/thresholds.ts';
import type { Update } from '../../lib/migration/model/update.ts';
import type { Watch } from '../../lib/migration/model/watch.ts';
import { encodeRecord } from '../../lib/records/codec.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import { failed, type MadeLook, minute, missing, seen, storedAfter, WATCH } from './support.ts';

/** A look of a random timeline, with what the service answers to it. */
export interface RandomLook {
  /** Minutes since the look before. */
  readonly later: number;
  readonly look: MadeLook | { readonly kind: 'not made' };
  readonly stats: CallResult<Stats>;
  readonly listed: CallResult<ListedTask | 'absent'>;
}

/** One look and its effect. */
export interface Played extends RandomLook {
  readonly at: Date;
  readonly asked: Enrichment;
  readonly before: StoredRecord | undefined;
  readonly update: Update | undefined;
  readonly after: StoredRecord | undefined;
}

/** Short enough that random timelines come to all of it. */
export const THRESHOLDS: Thresholds = {
  progressMarks: [25, 50, 75],
  cutover: {
    maxOffset: 2,
    maxKeyGapPercent: 1,
    looks: 3,
    unreadyOffset: 20,
    unreadyKeyGapPercent: 3,
    unreadyLooks: 3,
    blockedAfter: 5,
    figuresValidForMs: 12 * 60_000,
  },
  stalledAfterMs: 6 * 60_000,
  forgotten: { configuringMs: 10 * 60_000, incrementalMs: 15 * 60_000, everyMs: 10 * 60_000 },
  actionsValidForMs: 20 * 60_000,
};
const NOTED_EVERY_MS = (THRESHOLDS.cutover.figuresValidForMs * 2) / 3;
const RANDOM_WATCH: Watch = { ...WATCH, thresholds: THRESHOLDS };

const FAILING = { kind: 'failed', reason: 'unreachable', detail: 'HTTP 503.' } as const;
const DENIED = { kind: 'denied', detail: 'HTTP 403.' } as const;
const listed: CallResult<ListedTask> = {
  kind: 'known',
  value: { taskId: WATCH.taskId, errorMessage: 'some words' },
};

const status = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'INCRMIGEATING',
      'INCRMIGEATING',
      'INCRMIGRATING',
      'FULLMIGRATING',
      'MIGRATING',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('RUNNING', 'SUCCESS', 'TERMINATING', 'TERMINATED', 'FAILED', 'RECONNECTING'),
  },
);
const taskStatus = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('EXCHANGING', 'EXCHANGE_SUCCESS', 'ROLLBACK_SUCCESS') },
);

/** Some minutes in which the task does one thing: figures stand still, or move evenly, or jump. */
const chapter = fc
  .record({
    status,
    taskStatus,
    method: fc.constantFrom('incremental_migration', 'full_amount_migration', undefined),
    length: fc.integer({ min: 1, max: 20 }),
    later: fc.constantFrom(1, 1, 1, 1, 0.25, 5, 40),
    offset: fc.constantFrom(0, 0, 0, 0, 2, 3, 50),
    drift: fc.constantFrom(0, 0, 0, 1, 20, -3),
    percent: fc.constantFrom(0, 10, 40, 90, 100),
    speed: fc.constantFrom(0, 0, 1, 7, -5),
    keys: fc.constantFrom([1000, 1000], [1000, 1000], [1000, 990], [1000, 980], [0, 0], [1000, 400]),
    copied: fc.constantFrom(0, 0, 5),
    lacks: fc.constantFrom(undefined, undefined, undefined, 'offset', 'keys', 'percent'),
    isMigrating: fc.constantFrom(undefined, undefined, undefined, true, false),
    faults: fc.array(fc.constantFrom('', '', '', 'stats', 'look', 'missing', 'skipped', 'denied'), {
      minLength: 1,
      maxLength: 6,
    }),
    list: fc.array(fc.constantFrom('yes', 'yes', 'no', 'failing', 'denied', 'unreadable'), {
      minLength: 1,
      maxLength: 3,
    }),
    isCalm: fc.constantFrom(true, true, false),
  })
  .map((one) => Array.from({ length: one.length }, (_, n): RandomLook => lookOf(one, n)));

interface Chapter {
  readonly status: string;
  readonly taskStatus: string | undefined;
  readonly method: string | undefined;
  readonly later: number;
  readonly offset: number;
  readonly drift: number;
  readonly percent: number;
  readonly speed: number;
  readonly keys: readonly number[];
  readonly copied: number;
  readonly lacks: string | undefined;
  readonly isMigrating: boolean | undefined;
  readonly faults: readonly string[];
  readonly list: readonly string[];
  readonly isCalm: boolean;
}

function lookOf(one: Chapter, n: number): RandomLook {
  const fault = one.isCalm ? '' : (one.faults[n % one.faults.length] ?? '');
  return {
    later: one.later,
    look: madeLook(one, fault),
    stats: statsOf(one, n, fault),
    listed: listOf(one.list[n % one.list.length] ?? 'yes'),
  };
}

function madeLook({ status, taskStatus, method }: Chapter, fault: string): RandomLook['look'] {
  if (fault === 'look') return failed();
  if (fault === 'missing') return missing;
  if (fault === 'skipped') return { kind: 'not made' };
  return seen(status, {
    migrationType: 'online_migration',
    ...(method !== undefined && { migrationMethod: method }),
    ...(taskStatus !== undefined && { taskStatus }),
  });
}

function statsOf(one: Chapter, n: number, fault: string): CallResult<Stats> {
  if (fault === 'stats') return FAILING;
  if (fault === 'denied') return DENIED;
  const [source = 0, target = 0] = one.keys;
  return {
    kind: 'known',
    value: {
      ...(one.lacks !== 'percent' && {
        progressPercent: Math.min(100, Math.max(0, one.percent + n * one.speed)),
      }),
      ...(one.lacks !== 'offset' && { offset: Math.max(0, one.offset + n * one.drift) }),
      ...(one.lacks !== 'keys' && { sourceKeys: source, targetKeys: target + n * one.copied }),
      ...(one.isMigrating !== undefined && { isMigrating: one.isMigrating }),
    },
  };
}

function listOf(word: string): RandomLook['listed'] {
  switch (word) {
    case 'no':
      return { kind: 'known', value: 'absent' };
    case 'failing':
      return FAILING;
    case 'denied':
      return DENIED;
    case 'unreadable':
      return { ...FAILING, reason: 'unreadable answer' };
    default:
      return listed;
  }
}

export const randomTimeline = fc
  .array(chapter, { minLength: 1, maxLength: 10, size: 'max' })
  .map((chapters) => chapters.flat());

/** Plays looks one after another; between two of them the record is stored and read back. */
export function play(looks: readonly RandomLook[]): Played[] {
  let record: StoredRecord | undefined;
  let minutes = 0;
  /** The last look at the project, written down now and then. */
  let lookedAt: Date | undefined;
  return looks.map((one) => {
    minutes += one.later;
    const before = record;
    const text = before && encodeRecord(before);
    const at = minute(minutes);
    const asked = {
      ...(one.look.kind === 'seen' && enrichmentOf(one, before?.state)),
      ...(lookedAt !== undefined && { project: { lookedAt: lookedAt.toISOString() } }),
    };
    const update =
      one.look.kind === 'not made'
        ? before &&
          detectNoLook(before, { code: 'resting' }, RANDOM_WATCH, {
            lookedAt: asked.project?.lookedAt,
            now: at,
          })
        : detect(before, one.look, { watch: RANDOM_WATCH, now: at, enrichment: asked });
    if (before !== undefined && encodeRecord(before) !== text)
      throw new Error('the record that was read has changed');
    record = update === undefined ? before : storedAfter(before, update);
    const isNoted = lookedAt !== undefined && at.getTime() - lookedAt.getTime() < NOTED_EVERY_MS;
    if (one.look.kind === 'seen' && record?.state.standing?.phase === 'incremental' && !isNoted)
      lookedAt = at;
    return { ...one, at, asked, before, update, after: record };
  });
}

function enrichmentOf({ look, stats, listed }: RandomLook, task: TaskState | undefined): Enrichment {
  if (look.kind !== 'seen') return {};
  const wanted = enrichmentFor(task, look.observation);
  return {
    ...(wanted.stats && { stats }),
    ...(wanted.listed && { listed }),
    ...(wanted.logs && { logs: { kind: 'known', value: [] } }),
  };
}
