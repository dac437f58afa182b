import { isFinal } from '../../events/phase.ts';
import { valueIn } from '../model/enrichment.ts';
import { withFigures } from '../model/series.ts';
import type { Sighting } from '../model/sighting.ts';
import { SWITCHED } from '../model/status.ts';
import type { Thresholds } from '../model/thresholds.ts';
import { type Update, withState } from '../model/update.ts';

/** Keeps the figures of a look for plots; emits nothing. */
export function keepFigures(
  update: Update,
  { enrichment, observation, phase, now }: Sighting,
  { cutover }: Thresholds,
): Update {
  const stats = valueIn(enrichment.stats);
  // After a switch, clients write to the target, so the figures no longer measure a lag.
  if (stats === undefined || isFinal(phase) || observation.taskStatus === SWITCHED) return update;
  const { state } = update.stream;
  const series = withFigures(state.series, stats, { now, smallLag: cutover.maxOffset });
  return series === undefined || series === state.series ? update : withState(update, { ...state, series });
}
