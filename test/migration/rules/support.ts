import type { Phase } from '../../../lib/events/phase.ts';
import type { CallResult, Stats } from '../../../lib/migration/model/enrichment.ts';
import { newRun } from '../../../lib/migration/model/run.ts';
import { NEW_TASK, newStream } from '../../../lib/migration/model/state.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../lib/migration/model/thresholds.ts';
import type { Update } from '../../../lib/migration/model/update.ts';
import { taskSubject } from '../../../lib/migration/model/watch.ts';
import type { RuleContext } from '../../../lib/migration/rules/context.ts';
import { minute, WATCH } from '../support.ts';

/** A good look at a task that has been in this phase since minute 0. */
export interface RuleLook {
  readonly phase: Phase;
  readonly at: number;
  readonly stats?: CallResult<Stats>;
  readonly taskStatus?: string;
  readonly derived?: true;
  readonly isFirstLook?: boolean;
  readonly isStatsFailureAnnounced?: true;
  readonly thresholds?: Thresholds;
}

const STATUSES: Readonly<Partial<Record<Phase, string>>> = {
  configuring: 'RUNNING',
  full: 'FULLMIGRATING',
  incremental: 'INCRMIGEATING',
};

/** The look as a rule sees it. */
export function contextOf(look: RuleLook): RuleContext {
  const { phase, at, stats, taskStatus, derived, isFirstLook = false, isStatsFailureAnnounced } = look;
  const status = STATUSES[phase] ?? 'MIGRATING';
  const observation = { status, ...(taskStatus === undefined ? {} : { taskStatus }) };
  return {
    phase,
    observation,
    enrichment: {
      ...(stats === undefined ? {} : { stats }),
      project: isStatsFailureAnnounced === undefined ? {} : { isStatsFailureAnnounced },
    },
    ...(derived === undefined ? {} : { derived }),
    standing: { status, phase, since: minute(0).toISOString() },
    thresholds: look.thresholds ?? DEFAULT_THRESHOLDS,
    isFirstLook,
    subject: taskSubject(WATCH, observation),
    now: minute(at),
  };
}

/** A task whose run began in minute 0, and without events yet. */
export function begun(phase: Phase): Update {
  const { standing } = contextOf({ phase, at: 0 });
  const stream = newStream(minute(0), { ...NEW_TASK, standing, run: newRun(minute(0)) });
  return { stream, events: [] };
}

export function known(stats: Stats): CallResult<Stats> {
  return { kind: 'known', value: stats };
}
