import type { LastFigures } from '../../../events/event.ts';
import { isFinal, type Phase } from '../../../events/phase.ts';
import { en } from '../../../language/en.ts';
import { NEVER_KNOWN } from '../../model/ending.ts';
import type { MigrationRun } from '../../model/run.ts';
import { standingsOf, type TaskState } from '../../model/state.ts';
import { type Update, withRun } from '../../model/update.ts';

/** The time of a look, and the stored time of an earlier one. */
export interface LookTime {
  readonly now: Date;
  /** The last look at the project's replicating tasks (ISO 8601, UTC). */
  readonly lookedAt?: string | undefined;
}

/** The later of two times. A stored time in the future does not count, since a wrong clock wrote it. */
export function laterOf(at: string, lookedAt: string | undefined, now: Date): string {
  return lookedAt !== undefined && lookedAt > at && Date.parse(lookedAt) <= now.getTime() ? lookedAt : at;
}

/** Phases at the end of a replication, in which no figures are read. */
const ENDING: ReadonlySet<Phase> = new Set(['switching', 'stopping']);

/** The time when a replication left the phase in which figures are read, and when its target had to be in step. */
function leftAt(record: TaskState, now: Date): Date {
  const all = standingsOf(record);
  const left = all[all.findLastIndex(({ phase }) => !ENDING.has(phase)) + 1];
  return left === undefined ? now : new Date(left.since);
}

/**
 * The figures of the target when its replication ended, or when clients were switched to it. Older figures prove
 * nothing: a busy source can be gigabytes ahead within minutes.
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

/** Marks the figures as unknown from now on, after a look that did not show them. */
export function markUnsure(run: MigrationRun, { lookedAt, now }: LookTime): MigrationRun {
  const { figures } = run;
  if (figures === undefined || figures.seenUntil !== undefined) return run;
  return { ...run, figures: { ...figures, seenUntil: laterOf(figures.at, lookedAt, now) } };
}

/** Marks the figures of a replication as unknown after a look that failed or was skipped. */
export function markFiguresUnsure(update: Update, look: LookTime): Update {
  const { run, standing } = update.stream.state;
  const isMeasured = standing?.phase === 'incremental' && run?.switched === undefined;
  return run !== undefined && isMeasured ? withRun(update, markUnsure(run, look)) : update;
}
