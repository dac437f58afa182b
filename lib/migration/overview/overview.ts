import { defined } from '../../base/defined.ts';
import type { EventFacts, EventType, LastFigures, Standing } from '../../events/event.ts';
import type { Overview } from '../../events/overview.ts';
import { isFinal } from '../../events/phase.ts';
import { type CallResult, type Stats, valueIn } from '../model/enrichment.ts';
import type { MigrationRun } from '../model/run.ts';
import type { TaskState } from '../model/state.ts';
import type { Thresholds } from '../model/thresholds.ts';
import { taskSubject, type Watch } from '../model/watch.ts';
import { progressNow } from '../rules/progress.ts';
import { evaluateReadiness, explained } from '../rules/shared/readiness-evaluation.ts';

/** The facts of a task in this run. */
export interface KnownTask {
  readonly task: TaskState;
  readonly watch: Watch;
  /** Its statistics, where a look of this run read them. */
  readonly stats?: CallResult<Stats> | undefined;
  readonly now: Date;
}

/** The overview of a task; nothing before its first good look. Pure, and emits no event. */
export function overviewOf(known: KnownTask): Overview | undefined {
  const { task, watch, now } = known;
  const { standing, observation } = task;
  if (standing === undefined) return undefined;
  const { concerns, origin, consoleUrl, stamp } = taskSubject(watch, observation);
  const { type, ...figures } = overviewFacts(standing, known);
  return defined({
    type,
    subject: origin.subject,
    at: now.toISOString(),
    facts: { ...concerns, standing, ...figures },
    consoleUrl,
    drill: stamp.drill,
  });
}

/** The type of the event that would announce this standing, with its facts. */
interface OverviewFacts extends EventFacts {
  readonly type: EventType;
}

const NEUTRAL: OverviewFacts = { type: 'dcs.migration.progress', severity: 'info' };

function overviewFacts(standing: Standing, { task, watch, stats, now }: KnownTask): OverviewFacts {
  const { failing, run, ending } = task;
  if (failing?.announced) return { type: 'dcs.watch.failing', reason: failing.reason, severity: 'action' };
  if (isFinal(standing.phase)) return endFacts(standing, ending);
  if (run === undefined) return NEUTRAL;
  return standing.phase === 'incremental'
    ? replicationFacts(run, stats, watch.thresholds)
    : copyFacts(run, valueIn(stats), now);
}

const END_SEVERITIES = { succeeded: 'success', failed: 'failure' } as const;

function endFacts({ phase, unchecked }: Standing, lastFigures: LastFigures | undefined): OverviewFacts {
  const type = phase === 'gone' ? 'dcs.migration.gone' : 'dcs.migration.status_changed';
  if (phase === 'failed') return { type, severity: END_SEVERITIES.failed };
  const isGood = lastFigures === undefined ? phase === 'succeeded' : lastFigures.state === 'in step';
  const isUncertain = !isGood || unchecked !== undefined;
  const severity = isUncertain ? 'action' : phase === 'succeeded' ? END_SEVERITIES.succeeded : 'info';
  return defined({ type, lastFigures, severity });
}

function copyFacts(run: MigrationRun, stats: Stats | undefined, now: Date): OverviewFacts {
  const progress = progressNow(run, stats, now);
  const { stalled: stall } = run;
  return stall === undefined
    ? defined({ ...NEUTRAL, progress })
    : defined({ type: 'dcs.migration.stalled', progress, stall, severity: 'action' });
}

function replicationFacts(
  run: MigrationRun,
  stats: CallResult<Stats> | undefined,
  thresholds: Thresholds,
): OverviewFacts {
  const { switched, ready, stalled: stall } = run;
  if (switched !== undefined) {
    const severity = switched.state === 'in step' ? 'success' : 'action';
    return { type: 'dcs.migration.ip_switched', lastFigures: switched, severity };
  }
  const evaluation = evaluateReadiness(run, stats, thresholds);
  const looks = ready?.streak ?? 0;
  const basis = { ...evaluation.basis, looks };
  if (ready?.announced !== undefined) {
    return { type: 'dcs.migration.cutover_ready', readiness: basis, severity: 'action' };
  }
  if (evaluation.kind === 'in step') return defined({ ...NEUTRAL, readiness: basis, stall });
  const { unmet } = evaluation;
  const why = explained(evaluation);
  const readiness = unmet.length > 0 ? { ...why, unmet } : why;
  return defined({ type: 'dcs.migration.cutover_blocked', readiness, stall, severity: 'info' });
}
