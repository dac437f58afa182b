import type { Stall } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import { bytesWords, spanWords } from '../../../language/format.ts';
import { type Noticed, tell, withCourse } from '../../model/update.ts';
import type { Leaving, RuleContext } from '../context.ts';
import type { Movement } from './stall.ts';

/** Tells a stall, or its end, with the figures of this look. */
export function tellMovement(
  draft: Noticed,
  { run, stalled, resumed }: Movement,
  context: RuleContext,
): Noticed {
  const next = withCourse(draft, run);
  const { standing, voice, now } = context;
  if (stalled !== undefined) {
    const facts = {
      standing,
      stall: stalled,
      severity: 'action',
      summary: stallWords(stalled, now),
    } as const;
    return tell(next, voice, 'dcs.migration.stalled', facts, now);
  }
  if (resumed === undefined) return next;
  const facts = { standing, stall: resumed, severity: 'info', summary: resumedWords(resumed) } as const;
  return tell(next, voice, 'dcs.migration.resumed', facts, now);
}

function stallWords({ kind, since, percent, offset }: Stall, now: Date): string {
  const span = spanWords((now.getTime() - Date.parse(since)) / 1000);
  if (kind === 'lag grows')
    return `falls behind: the lag (offset) has grown for ${span}, to ${lagWords(offset)}`;
  return `stalled: no progress for ${span}${percent === undefined ? '' : ` (at ${percent} %)`}`;
}

function resumedWords({ kind, percent, offset }: Stall): string {
  if (kind === 'lag grows') return `catches up again: the lag (offset) is down to ${lagWords(offset)}`;
  return `moves again${percent === undefined ? '' : ` (at ${percent} %)`}`;
}

export function lagWords(offset: number | undefined): string {
  return offset === undefined ? 'unknown' : bytesWords(offset);
}

/** Where a migration ends, nobody expects it to move. */
const ENDING: ReadonlySet<Phase> = new Set(['stopping', 'stopped', 'failed', 'released', 'gone']);

/** A stall ends with its phase; where the migration goes on, somebody who was told of it is told that it is over. */
export function leaveStall(draft: Noticed, to: Phase, { standing, voice, now }: Leaving): Noticed {
  const { run } = draft.record;
  if (run?.stalled === undefined || to === standing.phase) return draft;
  const { kind, since } = run.stalled;
  const next = withCourse(draft, { ...run, stalled: undefined });
  if (ENDING.has(to)) return next;
  const facts = {
    standing,
    stall: { kind, since },
    severity: 'info',
    summary: `has left the ${standing.phase} phase, in which ${kind === 'lag grows' ? 'its lag grew' : 'it had stalled'}`,
  } as const;
  return tell(next, voice, 'dcs.migration.resumed', facts, now);
}
