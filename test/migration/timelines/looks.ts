import type { WantedCalls } from '../../../lib/migration/detect/enrich.ts';
import type {
  CallResult,
  Enrichment,
  ListedTask,
  Stats,
  TaskLogLine,
} from '../../../lib/migration/model/enrichment.ts';
import type { Look, Observation } from '../../../lib/migration/model/observation.ts';
import type { Answers, Figures, LookText, TimelineTask } from './fixture.ts';
import { readMoment, readSpan } from './times.ts';

/** One look of a timeline, with everything that the service would answer to it. */
export interface TimelineLook {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly look: Exclude<Look, { kind: 'skipped' }> | { readonly kind: 'not made' };
  /** Its entry in the list. */
  readonly listed: CallResult<ListedTask | 'absent'>;
  readonly stats: CallResult<Stats>;
  readonly logs: CallResult<readonly TaskLogLine[]>;
}

/** All looks at one task, in the order in which they are made. */
export function looksOf({ looks, always = {} }: TimelineTask, taskId: string, name: string): TimelineLook[] {
  return looks.flatMap((text) => {
    const times = timesOf(text);
    return times.map((at, index) => {
      const place = { index, last: times.length - 1 };
      return lookAt(at, { ...always, ...text }, place, { taskId, name });
    });
  });
}

function timesOf({ at, every, until }: LookText): number[] {
  const first = readMoment(at);
  if (every === undefined || until === undefined) return [first];
  const step = readSpan(every);
  return Array.from(
    { length: Math.floor((readMoment(until) - first) / step) + 1 },
    (_, n) => first + n * step,
  );
}

/** Which of the looks that repeat themselves it is. */
interface Place {
  readonly index: number;
  readonly last: number;
}

function lookAt(
  at: number,
  answers: Answers,
  place: Place,
  { taskId, name }: { readonly taskId: string; readonly name: string },
): TimelineLook {
  const status = turn(answers.status, place);
  const kind = turn(answers.look, place) ?? 'good';
  return {
    at,
    look: lookOf(kind, { ...observationOf(answers, place), name, status: status ?? 'FULLMIGRATING' }),
    listed: listedOf(answers, place, taskId, name, status),
    stats: statsOf(answers, place),
    logs: logsOf(answers),
  };
}

function lookOf(kind: string, observation: Observation): TimelineLook['look'] {
  switch (kind) {
    case 'good':
      return { kind: 'seen', observation };
    case 'missing':
      return { kind: 'missing', detail: 'HTTP 400 DCS.4133: there is no such task.' };
    case 'unreachable':
    case 'throttled':
    case 'not authorised':
    case 'unreadable answer':
      return { kind: 'failed', reason: kind, detail: `HTTP 503: ${kind}.` };
    default:
      return { kind: 'not made' };
  }
}

function observationOf(answers: Answers, place: Place): Omit<Observation, 'status'> {
  const { method = 'incremental_migration', type = 'online_migration' } = answers;
  const taskStatus = turn(answers.task_status, place);
  const updatedAt = turn(answers.updated_at, place);
  return {
    ...(type !== '' && { migrationType: type }),
    ...(method !== '' && { migrationMethod: method }),
    ...(taskStatus !== undefined && taskStatus !== '' && { taskStatus }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** The value whose turn it is. */
function turn<T>(values: T | readonly T[] | undefined, { index }: Place): T | undefined {
  if (!isList(values)) return values;
  return values[index % values.length];
}

function isList<T>(values: T | readonly T[] | undefined): values is readonly T[] {
  return Array.isArray(values);
}

const FAILED = { kind: 'failed', reason: 'unreachable', detail: 'HTTP 503: unreachable.' } as const;
const DENIED = { kind: 'denied', detail: 'HTTP 403: the key may not do this.' } as const;
const SKIPPED = { kind: 'skipped', why: 'out of time' } as const;

function listedOf(
  answers: Answers,
  place: Place,
  taskId: string,
  name: string,
  status: string | undefined,
): TimelineLook['listed'] {
  switch (turn(answers.list, place) ?? 'yes') {
    case 'yes': {
      const listed = answers.listed_status ?? status;
      return {
        kind: 'known',
        value: {
          taskId,
          name,
          ...(listed !== undefined && { status: listed }),
          ...(answers.error !== undefined && { errorMessage: answers.error }),
        },
      };
    }
    case 'no':
      return { kind: 'known', value: 'absent' };
    case 'denied':
      return DENIED;
    case 'failing':
      return FAILED;
    case 'unreadable':
      return { ...FAILED, reason: 'unreadable answer', detail: 'HTTP 200: the list is not believed.' };
    case 'skipped':
      return SKIPPED;
  }
}

function statsOf({ stats }: Answers, place: Place): CallResult<Stats> {
  switch (turn(stats, place)) {
    case undefined:
    case 'missing':
      return { kind: 'missing', detail: 'HTTP 400 DCS.4133: there is no such task.' };
    case 'denied':
      return DENIED;
    case 'failing':
      return FAILED;
    case 'skipped':
      return SKIPPED;
    default:
      return { kind: 'known', value: figuresOf(turn(stats, place), place) };
  }
}

function figuresOf(figures: Figures | string | undefined, place: Place): Stats {
  if (figures === undefined || typeof figures === 'string') return {};
  const { migrating } = figures;
  const all = {
    progressPercent: numberAt(figures.progress, place),
    offset: numberAt(figures.offset, place),
    sourceKeys: numberAt(figures.source, place),
    targetKeys: numberAt(figures.target, place),
    inputKbps: numberAt(figures.kbps, place),
  };
  const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { ...known, ...(migrating !== undefined && { isMigrating: migrating }) };
}

/** The service shows whole numbers. */
function numberAt(written: Figures['offset'], place: Place): number | undefined {
  const value = turn(written, place);
  if (typeof value !== 'string') return value;
  const [from = 0, to = 0] = value.split(' .. ').map(Number);
  return Math.floor(from + ((to - from) * place.index) / Math.max(1, place.last));
}

function logsOf({ logs = [] }: Answers): TimelineLook['logs'] {
  if (logs === 'denied') return DENIED;
  if (logs === 'failing') return FAILED;
  const lines = logs.map((message) => ({ level: 'ERROR', message, keywords: [] }));
  return { kind: 'known', value: lines.toReversed() };
}

/** The answers of the calls that are made, out of all that the service would give. */
export function asked({ stats, listed, logs }: TimelineLook, wanted: WantedCalls): Enrichment {
  return {
    ...(wanted.stats && { stats }),
    ...(wanted.listed && { listed }),
    ...(wanted.logs && { logs }),
  };
}
