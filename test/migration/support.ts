import type { LookFailure, MigrationEvent } from '../../lib/events/event.ts';
import { detect } from '../../lib/migration/detect/detect.ts';
import type { Enrichment } from '../../lib/migration/model/enrichment.ts';
import type { Look, Observation } from '../../lib/migration/model/observation.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import type { Update } from '../../lib/migration/model/update.ts';
import type { Watch } from '../../lib/migration/model/watch.ts';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';
import { newRecord, type RecordState, type StoredRecord, withStream } from '../../lib/records/record.ts';
import { mustBeDescribed } from '../support/event-schemas.ts';
import { STAMP } from '../support/stamp.ts';

/** A look that was made: a skipped one never reaches `detect`. */
export type MadeLook = Exclude<Look, { kind: 'skipped' }>;

export const WATCH: Watch = {
  projectId: '254d2280acb74d36a8b839746bcd7352',
  taskId: 'a276c1ffa0a54c2597fc824b917db317',
  project: 'prod',
  region: 'cn-north-4',
  labels: {},
  consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4',
  stamp: STAMP,
  thresholds: DEFAULT_THRESHOLDS,
};

const START = Date.parse('2026-01-05T00:10:11.000Z');

/** The moment of the n-th look: one a minute, the first is number 0. */
export function minute(n: number): Date {
  return new Date(START + n * 60_000);
}

/** The sequence of an event that is the first one in its second. */
export function sequenceAt(now: Date): string {
  return String(Math.floor(now.getTime() / 1000));
}

export function seen(status: string, more: Partial<Omit<Observation, 'status'>> = {}): MadeLook {
  return { kind: 'seen', observation: { name: 'migration1', ...more, status } };
}

export function failed(reason: LookFailure = 'unreachable'): MadeLook {
  return { kind: 'failed', reason, detail: `HTTP 503: ${reason}.` };
}

export const missing: MadeLook = { kind: 'missing', detail: 'HTTP 400 DCS.4133: there is no such task.' };

/** The list has the task, and nothing else was read. */
export const LISTED: Enrichment = { listed: { kind: 'known', value: { taskId: WATCH.taskId } } };

/** Besides, source and target hold the same wherever figures are read. */
export const IN_STEP: Enrichment = {
  ...LISTED,
  stats: { kind: 'known', value: { offset: 0, sourceKeys: 1000, targetKeys: 1000 } },
};

/** The effect on a record of looks in a row, a minute apart. */
export interface Detected {
  readonly record: StoredRecord | undefined;
  readonly events: readonly MigrationEvent[];
  /** The update of each look; nothing for one that wrote nothing. */
  readonly updates: readonly (Update | undefined)[];
}

export interface From {
  readonly record?: StoredRecord | undefined;
  readonly watch?: Watch;
  /** The answers of other calls; by default the list alone. */
  readonly enrichment?: Enrichment;
  /** The minute of the first look. */
  readonly minute?: number;
}

/** Makes the looks one after another. Between two of them the record is stored and read back, as in real life. */
export function detectAll(looks: readonly MadeLook[], from: From = {}): Detected {
  const updates: (Update | undefined)[] = [];
  let record = from.record;
  const { watch = WATCH, enrichment = LISTED } = from;
  for (const [index, look] of looks.entries()) {
    const change = detect(record, look, { watch, now: minute((from.minute ?? 0) + index), enrichment });
    mustBeDescribed(change?.events ?? []);
    updates.push(change);
    record = change === undefined ? record : storedAfter(record, change);
  }
  return { record, updates, events: updates.flatMap((change) => change?.events ?? []) };
}

/** The record as the next run reads it. */
export function stored(record: StoredRecord, id = 'task:t1'): StoredRecord {
  const decoded = decodeRecord({ partition: 'project:p', id }, encodeRecord(record));
  if (decoded.kind !== 'record') throw new Error(`a record that we wrote reads as ${decoded.kind}`);
  return decoded.record;
}

/** The record after an update, as the next run reads it. */
export function storedAfter(
  before: StoredRecord | undefined,
  { stream }: Update<Partial<RecordState>>,
  id?: string,
): StoredRecord {
  return stored(withStream(before ?? newRecord(minute(0)), stream), id);
}

/** An event in a few words: its type without what all types begin with, and where it leads. */
export function inShort({ type, data }: MigrationEvent): string {
  const kind = type.split('.').at(-1) ?? type;
  const place = data.to ?? data.standing;
  return place === undefined ? `${kind} (${data.reason})` : `${kind} ${place.status}`;
}

/** The value itself; a test that finds nothing where something must be ends here. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is there');
  return value;
}
