import type { Progress } from '../../events/event.ts';
import { spanWords } from '../../language/format.ts';
import { known, type Stats } from '../model/enrichment.ts';
import { type Course, hasFallenBack, type ProgressSample } from '../model/run.ts';
import { type Noticed, tell, withCourse } from '../model/update.ts';
import type { RuleContext } from './context.ts';

/** Tells when the full synchronisation has passed a mark. */
export function progress(draft: Noticed, context: RuleContext): Noticed {
  const { run } = draft.record;
  if (run === undefined) return draft;
  const { neighbours, thresholds, isFirstSight, standing, voice, now } = context;
  const passed = noteProgress(run, known(neighbours.stats), thresholds.progressMarks, isFirstSight, now);
  const next = withCourse(draft, passed.course);
  if (passed.progress === undefined) return next;
  const facts = {
    standing,
    progress: passed.progress,
    severity: 'info',
    summary: progressWords(passed.progress),
  } as const;
  return tell(next, voice, 'dcs.migration.progress', facts, now);
}

function progressWords({ percent, secondsLeft }: Progress): string {
  const left = secondsLeft === undefined ? '' : `, about ${spanWords(secondsLeft)} left at this rate`;
  return `full synchronisation at ${percent} %${left}`;
}

const HOUR_MS = 3_600_000;
/** Over a shorter time a slope is chance. Looks a minute apart are some seconds more or less. */
const SHORTEST_SLOPE_MS = 45_000;

const COMPLETE = 100;

export interface Passed {
  readonly course: Course;
  /** The mark that this look found passed, if any. Of several the highest. */
  readonly progress?: Progress;
}

/**
 * Where the full synchronisation is.
 *
 * @param isFirstSight marks that were passed before we ever looked are not told
 * @returns the same course when nothing is to be remembered
 */
export function noteProgress(
  course: Course,
  stats: Stats | undefined,
  marks: readonly number[],
  isFirstSight: boolean,
  now: Date,
): Passed {
  const percent = stats?.progressPercent;
  if (stats === undefined || percent === undefined) return { course };
  const mark = marks.findLast((one) => one <= percent) ?? 0;
  const here = { at: now.toISOString(), percent };
  if (course.rateFrom === undefined) return begun(course, stats, here, mark, isFirstSight, now);
  if (mark <= (course.mark ?? 0)) {
    const isAnew = hasFallenBack(course.mark, percent);
    return { course: isAnew ? { ...course, mark, rateFrom: here, rateFromBefore: undefined } : course };
  }
  const { rateFrom, rateFromBefore } = course;
  // Marks that come soon after each other are reckoned from further back.
  const isSoon = slope(rateFrom, percent, now) === undefined;
  const progress = progressOf(stats, percent, mark, isSoon ? rateFromBefore : rateFrom, now);
  return {
    course: { ...course, mark, ...(!isSoon && { rateFrom: here, rateFromBefore: rateFrom }) },
    progress,
  };
}

/** At the first look that shows how far it is. */
function begun(
  course: Course,
  stats: Stats,
  here: Required<Pick<ProgressSample, 'at' | 'percent'>>,
  mark: number,
  isFirstSight: boolean,
  now: Date,
): Passed {
  const { percent } = here;
  // A synchronisation that has just begun is not complete: these figures are older than it.
  if (percent >= COMPLETE && !isFirstSight) return { course };
  const paced = { ...course, rateFrom: here, mark };
  if (isFirstSight || mark === 0) return { course: paced };
  return { course: paced, progress: progressOf(stats, percent, mark, undefined, now) };
}

function progressOf(
  { sourceKeys, targetKeys, inputKbps, opsPerSecond }: Stats,
  percent: number,
  mark: number,
  pace: ProgressSample | undefined,
  now: Date,
): Progress {
  const perHour = slope(pace, percent, now);
  return {
    percent,
    mark,
    ...(perHour !== undefined && {
      percentPerHour: rounded(perHour),
      secondsLeft: Math.max(0, Math.round(((100 - percent) / perHour) * 3600)),
    }),
    ...(sourceKeys !== undefined && { sourceKeys }),
    ...(targetKeys !== undefined && { targetKeys }),
    ...(inputKbps !== undefined && { inputKbps }),
    ...(opsPerSecond !== undefined && { opsPerSecond }),
  };
}

/** Percent per hour; nothing when it cannot be told yet. */
function slope(pace: ProgressSample | undefined, percent: number, now: Date): number | undefined {
  if (pace?.percent === undefined) return undefined;
  const ms = now.getTime() - Date.parse(pace.at);
  const gained = percent - pace.percent;
  return ms >= SHORTEST_SLOPE_MS && gained > 0 ? (gained / ms) * HOUR_MS : undefined;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
