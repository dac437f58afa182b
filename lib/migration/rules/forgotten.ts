import type { LastFigures, Readiness, Unmet } from '../../events/event.ts';
import { spanWords } from '../../language/format.ts';
import { endWords, NEVER_KNOWN } from '../model/ending.ts';
import type { Course } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import { type Noticed, tell, withCourse } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { judgeReadiness } from './shared/judgement.ts';
import { distanceWords } from './shared/last-figures.ts';

/** A longer wait is the work of a clock that is wrong. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

/** Reminds somebody of a task that waits for people. */
export function forgotten(draft: Noticed, context: RuleContext): Noticed {
  const { run } = draft.record;
  if (run === undefined) return draft;
  const { standing, thresholds, voice, now } = context;
  const { configuringMs, incrementalMs, everyMs } = thresholds.forgotten;
  const afterMs = standing.phase === 'configuring' ? configuringMs : incrementalMs;
  const waitedMs = now.getTime() - Date.parse(standing.since);
  const quietMs = now.getTime() - Date.parse(run.reminded?.at ?? standing.since);
  const times = run.reminded?.times ?? 0;
  // A reminder of the future was given by a clock that was wrong.
  const isSoon = times > 0 && quietMs >= 0 && quietMs < everyMs;
  if (waitedMs < afterMs || waitedMs > LONGEST_BELIEVED_MS || isSoon) return draft;
  const next = withCourse(draft, { ...run, reminded: { at: now.toISOString(), times: times + 1 } });
  const facts = {
    standing,
    reminders: times,
    severity: 'action',
    ...reminderOf(run, context, spanWords(waitedMs / 1000)),
  } as const;
  return tell(next, voice, 'dcs.migration.forgotten', facts, now);
}

interface Reminder {
  readonly summary: string;
  readonly readiness?: Readiness;
  readonly lastFigures?: LastFigures;
}

const COSTS = 'it runs (and costs) until stopped';

/** What is to be done: advice to cut over is given only where readiness holds, whatever the path looks like. */
function reminderOf(
  course: Course,
  { standing, thresholds, neighbours, observation }: RuleContext,
  span: string,
): Reminder {
  if (standing.phase === 'configuring') {
    return { summary: `has waited for ${span} to be configured: configure or delete it` };
  }
  const replicated = `has replicated for ${span}`;
  if (observation.taskStatus === SWITCHED) return { ...afterSwitch(course, replicated) };
  const judgement = judgeReadiness(neighbours.stats, thresholds);
  const isHeld = judgement.kind === 'in step' || judgement.kind === 'near';
  if (course.ready?.announced !== undefined && isHeld) {
    const summary = `${replicated} and is ready: cut over and stop it, or it runs (and costs) for ever`;
    return { summary, readiness: judgement.basis };
  }
  if (judgement.kind === 'in step') {
    const reason = course.switchOpen
      ? 'nobody says how an IP switch ended'
      : 'it has not been in step for long enough';
    return {
      summary: `${replicated} and is not ready: ${reason}; ${COSTS}`,
      readiness: { ...judgement.basis, reason },
    };
  }
  const { basis, reason, unmet } = judgement;
  const words = unmet.includes('not migrating') ? reason : standWords(basis, unmet);
  const why = judgement.kind === 'unknown' && neighbours.stats?.kind !== 'known' ? ` (${reason})` : '';
  return {
    summary: `${replicated} and is not ready: ${words}${why}; ${COSTS}`,
    readiness: { ...basis, reason, ...(unmet.length > 0 && { unmet }) },
  };
}

function standWords(basis: Readiness, unmet: readonly Unmet[]): string {
  const isFar = unmet.includes('lag') || unmet.includes('keys');
  return `${isFar ? 'still ' : ''}${distanceWords(basis)}`;
}

function afterSwitch({ switched }: Course, replicated: string): Reminder {
  const known = switched ?? NEVER_KNOWN;
  const advice =
    known.state === 'in step'
      ? `stop it, or it runs (and costs) for ever`
      : `see what is missing in the target before you stop it`;
  const words = `the IP addresses are switched${known.state === 'in step' ? '' : endWords(known)}`;
  return { summary: `${replicated}: ${words}: ${advice}`, lastFigures: known };
}
