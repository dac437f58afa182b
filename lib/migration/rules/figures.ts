import { isDeepStrictEqual } from 'node:util';
import { defined } from '../../base/defined.ts';
import { en } from '../../language/en.ts';
import type { MigrationRun } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import { type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { type LookTime, markUnsure } from './shared/last-figures.ts';
import { evaluateStats, type ReadinessEvaluation, type Unready } from './shared/readiness-evaluation.ts';

/** Keeps the figures of a replication; emits nothing. */
export function figures(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  const { enrichment, thresholds, observation, now } = context;
  // Clients write to the target, so the figures no longer measure a lag.
  if (run === undefined || observation.taskStatus === SWITCHED) return update;
  const look = { lookedAt: enrichment.project?.lookedAt, now };
  return withRun(update, noteFigures(run, evaluateStats(enrichment.stats, thresholds), look));
}

/**
 * Keeps the figures for the event of the replication's end, when a look no longer shows them. Only figures that read
 * differently are written, so that a replication in step costs no write; the project's record has the time of the last
 * look, see `isLookedAtDue`.
 *
 * @returns the same run when there is nothing to write
 */
export function noteFigures(
  run: MigrationRun,
  evaluation: ReadinessEvaluation,
  look: LookTime,
): MigrationRun {
  // The figures of a task that does not migrate may be old.
  const isKnown = evaluation.kind === 'in step' || !evaluation.unmet.includes('not migrating');
  if (evaluation.kind === 'unknown' || (evaluation.kind !== 'in step' && !isKnown)) {
    return withObstacle(markUnsure(run, look), evaluation);
  }
  return noteKnown(withoutObstacle(run), evaluation, look);
}

/** Keeps the reason why looks cannot measure the lag. */
function withObstacle(run: MigrationRun, { because, unmet }: Unready): MigrationRun {
  const obstacle = { because, unmet };
  return isDeepStrictEqual(run.obstacle, obstacle) ? run : { ...run, obstacle };
}

function withoutObstacle(run: MigrationRun): MigrationRun {
  const { obstacle, ...rest } = run;
  return obstacle === undefined ? run : rest;
}

function noteKnown(run: MigrationRun, evaluation: ReadinessEvaluation, look: LookTime): MigrationRun {
  const isReady = evaluation.kind === 'near' && run.ready?.announced !== undefined;
  const isInStep = evaluation.kind === 'in step' || isReady;
  const state = isInStep ? 'in step' : 'behind';
  const unmet = isInStep ? [] : evaluation.unmet;
  const words = en.prose.distance(evaluation.basis, unmet);
  const { figures } = run;
  const isSame = figures?.state === state && figures.words === words && figures.seenUntil === undefined;
  if (isSame) return run;
  const { offset, sourceKeys, targetKeys, keyGapPercent } = evaluation.basis;
  const known = defined({ offset, sourceKeys, targetKeys, keyGapPercent });
  const noted = { at: look.now.toISOString(), state, words, ...known } as const;
  return { ...run, figures: unmet.length > 0 ? { ...noted, unmet } : noted };
}
