import { defined } from '../../../base/defined.ts';
import type { Report } from '../../../events/event.ts';
import { PHASES } from '../../../events/phase.ts';
import type { MigrationRun } from '../../model/run.ts';

/** The closing report of an ended run. */
export function reportOf({
  since,
  spent,
  peakOffset,
  resynchronisations,
  events,
  unlistedEvents,
}: MigrationRun): Report {
  const phases = PHASES.flatMap((phase) => {
    const ms = spent[phase];
    return ms === undefined ? [] : [{ phase, seconds: Math.round(ms / 1000) }];
  });
  return defined({
    watchedSince: since,
    phases,
    peakOffset,
    resynchronisations,
    told: events,
    unlisted: unlistedEvents,
  });
}
