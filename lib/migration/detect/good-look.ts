import type { LastFigures, Standing } from '../../events/event.ts';
import type { Severity } from '../../events/phase.ts';
import { isFinal, isReplicating } from '../../events/phase.ts';
import { NEVER_KNOWN } from '../model/ending.ts';
import type { Neighbours } from '../model/enrichment.ts';
import { isAt, type Sighting } from '../model/sighting.ts';
import type { WatchRecord } from '../model/state.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../model/thresholds.ts';
import { type Noticed, tell, withCourse } from '../model/update.ts';
import type { Watch } from '../model/watch.ts';
import { applyRules } from '../rules/index.ts';
import { lastFigures } from '../rules/shared/last-figures.ts';
import { leaveReadiness } from '../rules/shared/readiness-events.ts';
import { leaveStall } from '../rules/shared/stall-events.ts';
import { tellSwitch, withOpenSwitch } from './ip-switch.ts';
import { hasReplicated, lastWorkingPhase } from './phase.ts';
import { arrive, confirm, firstSight } from './transition.ts';

/** Everything that a good look can say, in the order in which it is told: first what is no longer so. */
export function notice(draft: Noticed, look: Sighting, watch: Watch): Noticed {
  const { voice, now, observation } = look;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const from = draft.record.standing;
  const last = endingOf(draft.record, thresholds, look.neighbours, now);
  const sighting: Sighting = last === undefined ? look : { ...look, lastFigures: last };
  const placed = from === undefined ? firstSight(draft, sighting) : moveOn(draft, from, sighting, thresholds);
  const opened = withOpenSwitch(placed);
  const switched = from === undefined ? opened : tellSwitch(opened, draft.record.observation, sighting);
  const { standing } = switched.record;
  if (standing === undefined) return switched;
  const isFirstSight = from === undefined;
  return applyRules(switched, { ...sighting, observation, standing, thresholds, isFirstSight, voice, now });
}

function moveOn(draft: Noticed, from: Standing, sighting: Sighting, thresholds: Thresholds): Noticed {
  if (isAt(from, sighting)) {
    const isCertain = from.unchecked !== undefined && sighting.unchecked === undefined;
    return isCertain ? confirm(draft, from, sighting) : draft;
  }
  const { voice, now, phase, observation } = sighting;
  const { status } = observation;
  // Of some statuses it is not known whether it still replicates.
  const isOpen = phase === 'unknown' || phase === 'migrating';
  const because = { code: isOpen ? 'status_open' : 'not_replicating', status } as const;
  const leaving = { standing: from, voice, now, thresholds };
  const left = leaveReadiness(draft, phase, because, leaving);
  const hasFallenBack = phase === 'full' && isReplicating(lastWorkingPhase(draft.record));
  const arrived = arrive(leaveStall(left, phase, leaving), from, sighting);
  if (!hasFallenBack) return arrived;
  // Somebody may be cutting over at this moment.
  const isAlarm = from.phase === 'switching' || draft.record.run?.wasReady === true;
  return tellRegression(arrived, from, isAlarm ? 'failure' : 'action', sighting);
}

function tellRegression(
  draft: Noticed,
  from: Standing,
  severity: Severity,
  { voice, now }: Sighting,
): Noticed {
  const { run, standing } = draft.record;
  const times = (run?.resynchronisations ?? 0) + 1;
  const fallen = run && { ...run, resynchronisations: times, wasReady: undefined };
  const counted = fallen === undefined ? draft : withCourse(draft, fallen);
  const facts = {
    from,
    ...(standing !== undefined && { standing }),
    resynchronisations: times,
    severity,
  } as const;
  return tell(counted, voice, 'dcs.migration.regressed', facts, now);
}

/** How far the target was, should a replication end with this look; nothing of a task that was not seen to replicate. */
export function endingOf(
  record: WatchRecord,
  { cutover }: Thresholds,
  { project }: Neighbours,
  now: Date,
): LastFigures | undefined {
  const { standing, ending } = record;
  if (standing !== undefined && isFinal(standing.phase)) return ending;
  if (!isReplicating(lastWorkingPhase(record))) {
    // It fell back: what was in step once says nothing of a target that is being filled anew.
    return hasReplicated(record) ? NEVER_KNOWN : undefined;
  }
  return lastFigures(record, { lookedAt: project?.lookedAt, now }, cutover.figuresValidForMs);
}
