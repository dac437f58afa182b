import { defined } from '../../../base/defined.ts';
import type { Because, EventFacts, Readiness } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import type { MigrationRun, Ready } from '../../model/run.ts';
import { emit, fencing, type Update, withRun } from '../../model/update.ts';
import type { EmitContext } from '../context.ts';
import { countLook, countRetraction, debounceOf } from './debounce.ts';
import { evaluateStats, explained, type ReadinessEvaluation, type Unready } from './readiness-evaluation.ts';

/** Ends readiness without an event, because somebody is cutting over or has done so. */
export function withoutReadiness(run: MigrationRun): MigrationRun {
  const { ready, waiting } = run;
  return ready === undefined && waiting === undefined
    ? run
    : { ...run, ready: undefined, waiting: undefined };
}

/** Announces that a task is ready. A repetition names the first event, which a later retraction names too. */
export function announceReadiness(
  update: Update,
  ready: Ready,
  basis: Readiness,
  context: EmitContext,
): Update {
  const { standing, thresholds, now } = context;
  const facts: EventFacts = defined({
    standing,
    readiness: { ...basis, looks: ready.streak },
    ...fencing(update, thresholds.actionsValidForMs, now),
    renews: ready.announced?.id,
    severity: 'action',
  });
  const announced = emit(update, context, 'dcs.migration.cutover_ready', facts);
  const { sequence, state } = announced.stream;
  const { run } = state;
  const id = announced.events.at(-1)?.id;
  if (run === undefined || id === undefined) return announced;
  const announcement = ready.announced ?? { id, sequence };
  const readyNow = { ...ready, announced: announcement };
  return withRun(announced, { ...run, wasReady: true, ready: readyNow, waiting: undefined });
}

/** Retracts an announced readiness. */
export function retractReadiness(
  update: Update,
  run: MigrationRun,
  evaluation: ReadinessEvaluation,
  context: EmitContext,
): Update {
  if (run.ready?.announced === undefined) return update;
  const unready = unreadyOf(evaluation);
  const { unmet } = unready;
  const isUnknown = evaluation.kind === 'unknown';
  const facts: EventFacts = {
    standing: context.standing,
    transition: isUnknown ? 'no_longer_known' : 'no_longer_ready',
    readiness: defined({
      ...explained(unready),
      unmet: unmet.length > 0 ? unmet : undefined,
      retracts: run.ready.announced.id,
    }),
    severity: 'action',
  };
  const next = withRun(update, {
    ...run,
    ready: undefined,
    // The retraction tells this reason, so only another lasting reason is announced later.
    waiting: { looks: 0, announced: isUnknown ? 'unknown' : 'behind' },
  });
  return emit(next, context, 'dcs.migration.cutover_unready', facts);
}

function unreadyOf(evaluation: ReadinessEvaluation): Unready {
  if (evaluation.kind !== 'in step') return evaluation;
  return { kind: 'lost', basis: evaluation.basis, because: { code: 'other_phase' }, unmet: [] };
}

/** Phases of the cut-over itself, in which somebody acts on the announcement. */
const CUTTING_OVER: ReadonlySet<Phase> = new Set([
  'switching',
  'stopping',
  'stopped',
  'released',
  'succeeded',
]);

/** Ends readiness when the task leaves the incremental phase, and retracts it unless somebody is cutting over. */
export function endReadiness(update: Update, to: Phase, because: Because, context: EmitContext): Update {
  const { run } = update.stream.state;
  if (run?.ready === undefined || to === 'incremental') return update;
  const isAnnounced = run.ready.announced !== undefined;
  if (!isAnnounced || CUTTING_OVER.has(to)) return withRun(update, withoutReadiness(run));
  const { basis } = evaluateStats(undefined, context.thresholds);
  return retractReadiness(update, run, { kind: 'lost', basis, because, unmet: [] }, context);
}

/** Counts a look without an answer; a few of them retract an announced readiness. */
export function countUnansweredLook(update: Update, because: Because, context: EmitContext): Update {
  const { run } = update.stream.state;
  if (run?.ready === undefined) return update;
  const { basis } = evaluateStats(undefined, context.thresholds);
  const evaluation = { kind: 'unknown', basis, because, unmet: [] } as const;
  const debounce = debounceOf(context.thresholds.cutover, run, context.now);
  const { ready, announces } = countLook(run.ready, evaluation, debounce);
  return announces === 'unready'
    ? retractReadiness(update, countRetraction(run, evaluation.kind, context.now), evaluation, context)
    : withRun(update, { ...run, ready });
}
