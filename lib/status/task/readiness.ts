import { defined } from '../../base/defined.ts';
import type { Unmet } from '../../events/event.ts';
import { isFinal } from '../../events/phase.ts';
import { en } from '../../language/en.ts';
import type { CallResult, Stats } from '../../migration/model/enrichment.ts';
import { hasOnlinePhases } from '../../migration/model/observation.ts';
import type { MigrationRun, Obstacle, SeenFigures } from '../../migration/model/run.ts';
import type { TaskState } from '../../migration/model/state.ts';
import type { Thresholds } from '../../migration/model/thresholds.ts';
import { debounceOf } from '../../migration/rules/shared/debounce.ts';
import { evaluateReadiness, explained } from '../../migration/rules/shared/readiness-evaluation.ts';
import type { ReadinessStatus } from '../status.ts';

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
  const { ready, figures, obstacle } = run;
  if (ready?.announced !== undefined) return announced(run, ready.doubts ?? 0);
  if (obstacle !== undefined) return obstructed(obstacle, figures);
  if (figures === undefined) return notKnown('no look has shown lag and key counts yet');
  const evaluation = evaluateReadiness(run, statsIn(figures), thresholds);
  if (figures.seenUntil !== undefined)
    return notKnown(`lag and key counts are not known now${noted(figures)}`);
  if (evaluation.kind !== 'in step') {
    const { unmet } = evaluation;
    const state = evaluation.kind === 'unknown' ? 'not known' : 'not ready';
    return { state, unmet, words: explained(evaluation).reason ?? '' };
  }
  const { looks } = debounceOf(thresholds.cutover, run, now);
  return notReady(`in step at ${ready?.streak ?? 0} of ${looks} looks in a row`);
}

/** That a task does not migrate is known; of everything else only that it is not. */
function obstructed({ because, unmet }: Obstacle, figures: SeenFigures | undefined): ReadinessStatus {
  const state = unmet.includes('not migrating') ? 'not ready' : 'not known';
  const lacks = unmet.flatMap((condition) => LACKS[condition] ?? []).join(' and ');
  const why =
    because.code === 'figures_missing'
      ? `the statistics give no usable ${lacks}`
      : en.reasons[because.code](because, NO_FIGURES, unmet);
  return { state, unmet, words: `${why}${figures === undefined ? '' : noted(figures)}` };
}

const LACKS: Readonly<Partial<Record<Unmet, string>>> = {
  'lag unknown': 'lag',
  'keys unknown': 'key counts',
};
const NO_FIGURES = { maxOffset: 0, maxKeyGapPercent: 0, looks: 0 };

function noted({ at, seenUntil = at, words }: SeenFigures): string {
  return ` (last noted ${moment(seenUntil)}: ${words})`;
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
