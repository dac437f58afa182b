import { SWITCHED } from '../model/status.ts';
import { type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { begunAt, countLook, countRetraction, debounceOf } from './shared/debounce.ts';
import { evaluateRun } from './shared/readiness-evaluation.ts';
import { announceReadiness, retractReadiness, withoutReadiness } from './shared/readiness-events.ts';

/**
 * Announces that source and target have been in step for long enough for the cut-over, and retracts that when they no
 * longer are.
 */
export function readiness(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  if (run === undefined) return update;
  const { thresholds, observation, now } = context;
  // The cut-over is over, and clients write to the target, so the figures no longer measure a lag.
  if (observation.taskStatus === SWITCHED) return withRun(update, withoutReadiness(run));
  const evaluation = evaluateRun(run, context);
  const debounce = debounceOf(thresholds.cutover, run, now);
  const { announces, ...streak } = countLook(run.ready, evaluation, debounce);
  const ready = begunAt(streak.ready, debounce.looks > thresholds.cutover.looks, now);
  if (announces === 'unready') {
    return retractReadiness(update, countRetraction(run, evaluation.kind, now), evaluation, context);
  }
  const counted = withRun(update, ready === run.ready ? run : { ...run, ready });
  return announces === 'ready' && ready !== undefined
    ? announceReadiness(counted, ready, evaluation.basis, context)
    : counted;
}
