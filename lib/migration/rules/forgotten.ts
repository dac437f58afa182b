import { defined } from '../../base/defined.ts';
import type { LastFigures, Readiness } from '../../events/event.ts';
import { NEVER_KNOWN } from '../model/ending.ts';
import type { MigrationRun } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import { emit, type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { evaluateStats, explained } from './shared/readiness-evaluation.ts';

/** The longest believable wait; a longer one comes from a wrong clock. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

/** Reminds people of a task that waits for people. */
export function forgotten(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  if (run === undefined) return update;
  const { standing, thresholds, now } = context;
  const { configuringMs, incrementalMs, everyMs } = thresholds.forgotten;
  const afterMs = standing.phase === 'configuring' ? configuringMs : incrementalMs;
  const waitedMs = now.getTime() - Date.parse(standing.since);
  const quietMs = now.getTime() - Date.parse(run.reminded?.at ?? standing.since);
  const times = run.reminded?.times ?? 0;
  // A wrong clock may have dated a reminder in the future.
  const isSoon = times > 0 && quietMs >= 0 && quietMs < everyMs;
  if (waitedMs < afterMs || waitedMs > LONGEST_BELIEVED_MS || isSoon) return update;
  const next = withRun(update, { ...run, reminded: { at: now.toISOString(), times: times + 1 } });
  const facts = {
    standing,
    reminders: times,
    seconds: Math.floor(waitedMs / 1000),
    severity: 'action',
    ...reminderOf(run, context),
  } as const;
  return emit(next, context, 'dcs.migration.forgotten', facts);
}

/** The basis of a reminder. It advises a cut-over only while the task is ready. */
function reminderOf(
  run: MigrationRun,
  { standing, thresholds, enrichment, observation }: RuleContext,
): { readonly readiness?: Readiness; readonly lastFigures?: LastFigures } {
  if (standing.phase === 'configuring') return {};
  if (observation.taskStatus === SWITCHED) return { lastFigures: run.switched ?? NEVER_KNOWN };
  const evaluation = evaluateStats(enrichment.stats, thresholds);
  const isHeld = evaluation.kind === 'in step' || evaluation.kind === 'near';
  if (run.ready?.announced !== undefined && isHeld) return { readiness: evaluation.basis };
  if (evaluation.kind !== 'in step') {
    const { unmet } = evaluation;
    return { readiness: defined({ ...explained(evaluation), unmet: unmet.length > 0 ? unmet : undefined }) };
  }
  const because = { code: run.switchOpen ? 'switch_not_ended' : 'not_long_enough' } as const;
  return { readiness: explained({ kind: 'unknown', basis: evaluation.basis, because, unmet: [] }) };
}
