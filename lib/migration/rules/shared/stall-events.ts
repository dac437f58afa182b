import type { Phase } from '../../../events/phase.ts';
import { emit, type Update, withRun } from '../../model/update.ts';
import type { EmitContext, RuleContext } from '../context.ts';
import type { Movement } from './stall.ts';

/** Emits a stall, or its end, with the figures of this look. */
export function emitMovement(
  update: Update,
  { run, stalled, resumed }: Movement,
  context: RuleContext,
): Update {
  const next = withRun(update, run);
  const { standing, now } = context;
  if (stalled !== undefined) {
    const facts = {
      standing,
      stall: stalled,
      seconds: Math.floor((now.getTime() - Date.parse(stalled.since)) / 1000),
      severity: 'action',
    } as const;
    return emit(next, context, 'dcs.migration.stalled', facts);
  }
  if (resumed === undefined) return next;
  const facts = { standing, transition: 'moves_again', stall: resumed, severity: 'info' } as const;
  return emit(next, context, 'dcs.migration.resumed', facts);
}

/** Phases in which nobody expects a migration to move. */
const ENDING: ReadonlySet<Phase> = new Set(['stopping', 'stopped', 'failed', 'released', 'gone']);

/** Ends a stall when the task leaves its phase. If the migration goes on, the end of the stall is announced too. */
export function endStall(update: Update, to: Phase, context: EmitContext): Update {
  const { standing } = context;
  const { run } = update.stream.state;
  if (run?.stalled === undefined || to === standing.phase) return update;
  const { kind, since } = run.stalled;
  const next = withRun(update, { ...run, stalled: undefined });
  if (ENDING.has(to)) return next;
  const facts = { standing, transition: 'left_phase', stall: { kind, since }, severity: 'info' } as const;
  return emit(next, context, 'dcs.migration.resumed', facts);
}
