import type { Because, Readiness } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import type { Course, Ready } from '../../model/run.ts';
import { fence, type Noticed, tell, withCourse } from '../../model/update.ts';
import type { Leaving } from '../context.ts';
import { countLook, countRetraction, enduranceOf } from './endurance.ts';
import { explained, type Judgement, judgeReadiness, type Unready } from './judgement.ts';

/** Readiness that ends without a word: somebody is cutting over, or has done so. */
export function withoutReadiness(course: Course): Course {
  const { ready, waiting } = course;
  return ready === undefined && waiting === undefined
    ? course
    : { ...course, ready: undefined, waiting: undefined };
}

/**
 * Tells that a task is ready. Told anew, it names the event that said so first: that is what is taken back one day, for
 * everybody.
 */
export function announceReadiness(
  draft: Noticed,
  ready: Ready,
  basis: Readiness,
  { standing, thresholds, voice, now }: Leaving,
): Noticed {
  const facts = {
    standing,
    readiness: { ...basis, looks: ready.streak },
    ...fence(draft, thresholds.actionsValidForMs, now),
    ...(ready.announced !== undefined && { renews: ready.announced.id }),
    severity: 'action',
  } as const;
  const announced = tell(draft, voice, 'dcs.migration.cutover_ready', facts, now);
  const { run, sequence } = announced.record;
  const id = announced.events.at(-1)?.id;
  if (run === undefined || id === undefined) return announced;
  const told = ready.announced ?? { id, sequence };
  return withCourse(announced, {
    ...run,
    wasReady: true,
    ready: { ...ready, announced: told },
    waiting: undefined,
  });
}

/** Takes back an announced readiness. */
export function retractReadiness(
  draft: Noticed,
  course: Course,
  judgement: Judgement,
  context: Leaving,
): Noticed {
  if (course.ready?.announced === undefined) return draft;
  const { standing, voice, now } = context;
  const unready = unreadyOf(judgement);
  const { unmet } = unready;
  const isUnknown = judgement.kind === 'unknown';
  const facts = {
    standing,
    transition: isUnknown ? 'no_longer_known' : 'no_longer_ready',
    readiness: {
      ...explained(unready),
      ...(unmet.length > 0 && { unmet }),
      retracts: course.ready.announced.id,
    },
    severity: 'action',
  } as const;
  const next = withCourse(draft, {
    ...course,
    ready: undefined,
    // This says why; another reason is told when it lasts.
    waiting: { looks: 0, announced: isUnknown ? 'unknown' : 'behind' },
  });
  return tell(next, voice, 'dcs.migration.cutover_unready', facts, now);
}

function unreadyOf(judgement: Judgement): Unready {
  if (judgement.kind !== 'in step') return judgement;
  return { kind: 'lost', basis: judgement.basis, because: { code: 'other_phase' }, unmet: [] };
}

/** Being stopped, released or switched is the cut-over itself; whoever was told to be ready is doing it. */
const CUTTING_OVER: ReadonlySet<Phase> = new Set([
  'switching',
  'stopping',
  'stopped',
  'released',
  'succeeded',
]);

/** The task leaves the incremental phase: that ends an announced readiness, with a word if nobody is cutting over. */
export function leaveReadiness(draft: Noticed, to: Phase, because: Because, context: Leaving): Noticed {
  const { run } = draft.record;
  if (run?.ready === undefined || to === 'incremental') return draft;
  const isTold = run.ready.announced !== undefined;
  if (!isTold || CUTTING_OVER.has(to)) return withCourse(draft, withoutReadiness(run));
  const { basis } = judgeReadiness(undefined, context.thresholds);
  return retractReadiness(draft, run, { kind: 'lost', basis, because, unmet: [] }, context);
}

/** A look that gave no answer: after a few of them an announced readiness is taken back. */
export function doubtReadiness(draft: Noticed, because: Because, context: Leaving): Noticed {
  const { run } = draft.record;
  if (run?.ready === undefined) return draft;
  const { basis } = judgeReadiness(undefined, context.thresholds);
  const judgement = { kind: 'unknown', basis, because, unmet: [] } as const;
  const endurance = enduranceOf(context.thresholds.cutover, run, context.now);
  const { ready, told } = countLook(run.ready, judgement, endurance);
  return told === 'unready'
    ? retractReadiness(draft, countRetraction(run, judgement.kind, context.now), judgement, context)
    : withCourse(draft, { ...run, ready });
}
