import type { LastFigures } from '../../../events/event.ts';
import { isFinal, type Phase } from '../../../events/phase.ts';
import { en } from '../../../language/en.ts';
import { NEVER_KNOWN } from '../../model/ending.ts';
import type { MigrationRun } from '../../model/run.ts';
import { standingsOf, type TaskState } from '../../model/state.ts';
import { type Update, withRun } from '../../model/update.ts';

/** When a look is made, and when one was made before, as far as that is written down. */
export interface LookTime {
  readonly now: Date;
  /** The last look at the project's replicating tasks (ISO 8601, UTC). */
  readonly lookedAt?: string | undefined;
}

/** A time in the future was written down by a clock that was wrong. */
export function laterOf(at: string, lookedAt: string | undefined, now: Date): string {
  return lookedAt !== undefined && lookedAt > at && Date.parse(lookedAt) <= now.getTime() ? lookedAt : at;
}

/** Phases that a replication comes to when it ends; no figures are read in them. */
const ENDING: ReadonlySet<Phase> = new Set(['switching', 'stopping']);

/** When a replication left the phase in which figures are read: that is when they had to be in step. */
function leftAt(record: TaskState, now: Date): Date {
  const all = standingsOf(record);
  const left = all[all.findLastIndex(({ phase }) => !ENDING.has(phase)) + 1];
  return left === undefined ? now : new Date(left.since);
}

/**
 * How far the target was when its replication ended, or ends now; or when clients were switched to it. Figures from too
 * long before that say nothing: a source that is written to can be gigabytes ahead within minutes.
 */
export function lastFigures(task: TaskState, look: LookTime, figuresValidForMs: number): LastFigures {
  const { ending, run, standing } = task;
  if (ending !== undefined && standing !== undefined && isFinal(standing.phase)) return ending;
  if (run?.switched !== undefined) return run.switched;
  const figures = run?.figures;
  if (figures === undefined) return NEVER_KNOWN;
  const { state, words, at: written, seenUntil, ...known } = figures;
  const at = seenUntil ?? laterOf(written, look.lookedAt, look.now);
  const ageMs = Math.abs(leftAt(task, look.now).getTime() - Date.parse(at));
  if (ageMs <= figuresValidForMs) return { state, at, ...known, words };
  return { state: 'unknown', at, ...known, words: en.prose.unknownDistance({ at, words }) };
}

/** A look that does not show how far the target is: from now on nobody knows. */
export function markUnsure(run: MigrationRun, { lookedAt, now }: LookTime): MigrationRun {
  const { figures } = run;
  if (figures === undefined || figures.seenUntil !== undefined) return run;
  return { ...run, figures: { ...figures, seenUntil: laterOf(figures.at, lookedAt, now) } };
}

/** A look that saw nothing of a replication. */
export function markFiguresUnsure(update: Update, look: LookTime): Update {
  const { run, standing } = update.stream.state;
  const isMeasured = standing?.phase === 'incremental' && run?.switched === undefined;
  return run !== undefined && isMeasured ? withRun(update, markUnsure(run, look)) : update;
}
