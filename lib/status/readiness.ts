import { defined } from '../base/defined.ts';
import { isFinal } from '../events/phase.ts';
import { en } from '../language/en.ts';
import type { CallResult, Stats } from '../migration/model/enrichment.ts';
import { hasOnlinePhases } from '../migration/model/observation.ts';
import type { MigrationRun } from '../migration/model/run.ts';
import type { TaskState } from '../migration/model/state.ts';
import type { Thresholds } from '../migration/model/thresholds.ts';
import { enduranceOf } from '../migration/rules/shared/endurance.ts';
import { explained, judgementFrom } from '../migration/rules/shared/judgement.ts';
import type { ReadinessStatus } from './status.ts';

/** Whether a task may be cut over, as the looks so far left it. */
export function readinessOf(task: TaskState, thresholds: Thresholds, now: Date): ReadinessStatus {
  const { standing, run, observation } = task;
  if (standing === undefined) return notKnown('no look has seen it yet');
  const { phase } = standing;
  if (observation !== undefined && !hasOnlinePhases(observation)) return doesNotApply('it imports a backup');
  if (isFinal(phase)) return doesNotApply(`it is ${phase}`);
  if (phase === 'unknown' || phase === 'migrating') return notKnown('its status leaves the phase open');
  if (phase === 'full') return notReady('the full copy is under way');
  if (phase !== 'incremental' || run === undefined) return doesNotApply(`it is ${phase}`);
  if (run.switched !== undefined) return doesNotApply('IP addresses are switched');
  return replication(run, thresholds, now);
}

function doesNotApply(words: string): ReadinessStatus {
  return { state: 'does not apply', unmet: [], words };
}

function notKnown(words: string): ReadinessStatus {
  return { state: 'not known', unmet: [], words };
}

function notReady(words: string): ReadinessStatus {
  return { state: 'not ready', unmet: [], words };
}

function replication(run: MigrationRun, thresholds: Thresholds, now: Date): ReadinessStatus {
  const { ready, figures } = run;
  if (ready?.announced !== undefined) return announced(run, ready.doubts ?? 0);
  if (figures === undefined) return notKnown('no look has shown lag and key counts yet');
  const judgement = judgementFrom(run, statsIn(figures), thresholds);
  if (figures.seenUntil !== undefined) {
    return notKnown(
      `lag and key counts are not known now (last noted ${moment(figures.seenUntil)}: ${figures.words})`,
    );
  }
  if (judgement.kind === 'unknown') return notKnown(explained(judgement).reason ?? '');
  if (judgement.kind !== 'in step') {
    return { state: 'not ready', unmet: judgement.unmet, words: explained(judgement).reason ?? '' };
  }
  const { looks } = enduranceOf(thresholds.cutover, run, now);
  return notReady(`in step at ${ready?.streak ?? 0} of ${looks} looks in a row`);
}

function announced({ events }: MigrationRun, doubts: number): ReadinessStatus {
  const words =
    doubts === 0
      ? 'ready for the cut-over'
      : `ready for the cut-over, but the last ${doubts === 1 ? 'look' : `${doubts} looks`} could not confirm it`;
  return defined({ state: 'ready', since: readySince(events), unmet: [], words });
}

const { moment } = en.figures;

/** The first announcement that was not taken back. */
function readySince(events: MigrationRun['events']): string | undefined {
  const taken = events.findLastIndex(({ type }) => type === 'dcs.migration.cutover_unready');
  return events.slice(taken + 1).find(({ type }) => type === 'dcs.migration.cutover_ready')?.at;
}

/** Figures as the statistics that showed them. */
function statsIn({
  offset,
  sourceKeys,
  targetKeys,
}: NonNullable<MigrationRun['figures']>): CallResult<Stats> {
  return { kind: 'known', value: defined({ offset, sourceKeys, targetKeys }) };
}
