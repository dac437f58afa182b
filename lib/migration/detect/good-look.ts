import { defined } from '../../base/defined.ts';
import type { EventFacts, LastFigures, Standing } from '../../events/event.ts';
import { isFinal, isReplicating, type Severity } from '../../events/phase.ts';
import { NEVER_KNOWN } from '../model/ending.ts';
import type { Enrichment } from '../model/enrichment.ts';
import { isSameStanding, type Sighting } from '../model/sighting.ts';
import type { TaskState } from '../model/state.ts';
import type { Thresholds } from '../model/thresholds.ts';
import { emit, type Update, withRun } from '../model/update.ts';
import type { Watch } from '../model/watch.ts';
import { applyRules } from '../rules/index.ts';
import { lastFigures } from '../rules/shared/last-figures.ts';
import { endReadiness } from '../rules/shared/readiness-events.ts';
import { endStall } from '../rules/shared/stall-events.ts';
import { emitIpSwitch, withOpenSwitch } from './ip-switch.ts';
import { keepFigures } from './keep-figures.ts';
import { hasReplicated, lastWorkingPhase } from './phase.ts';
import { emitConfirmed, emitFirstSeen, emitTransition } from './transition/transition.ts';

/** Emits all events of a good look, retractions first. */
export function detectGoodLook(update: Update, look: Sighting, watch: Watch): Update {
  const { thresholds } = watch;
  const from = update.stream.state.standing;
  const last = endingOf(update.stream.state, thresholds, look.enrichment, look.now);
  const sighting: Sighting = last === undefined ? look : { ...look, lastFigures: last };
  const placed =
    from === undefined
      ? emitFirstSeen(update, sighting)
      : detectTransition(update, from, sighting, thresholds);
  const opened = withOpenSwitch(placed);
  const switched =
    from === undefined ? opened : emitIpSwitch(opened, update.stream.state.observation, sighting);
  const { standing } = switched.stream.state;
  if (standing === undefined) return switched;
  const context = { ...sighting, standing, thresholds, isFirstLook: from === undefined };
  return keepFigures(applyRules(switched, context), sighting, thresholds);
}

function detectTransition(
  update: Update,
  from: Standing,
  sighting: Sighting,
  thresholds: Thresholds,
): Update {
  if (isSameStanding(from, sighting)) {
    const isCertain = from.unchecked !== undefined && sighting.unchecked === undefined;
    return isCertain ? emitConfirmed(update, from, sighting) : update;
  }
  const { subject, now, phase, observation } = sighting;
  const { status } = observation;
  // Some statuses leave open whether the task still replicates.
  const isOpen = phase === 'unknown' || phase === 'migrating';
  const because = { code: isOpen ? 'status_open' : 'not_replicating', status } as const;
  const leaving = { standing: from, subject, now, thresholds };
  const left = endReadiness(update, phase, because, leaving);
  const hasFallenBack = phase === 'full' && isReplicating(lastWorkingPhase(update.stream.state));
  const arrived = emitTransition(endStall(left, phase, leaving), from, sighting);
  if (!hasFallenBack) return arrived;
  // Somebody may be cutting over now.
  const isAlarm = from.phase === 'switching' || update.stream.state.run?.wasReady === true;
  return emitRegressed(arrived, from, isAlarm ? 'failure' : 'action', sighting);
}

function emitRegressed(update: Update, from: Standing, severity: Severity, sighting: Sighting): Update {
  const { run, standing } = update.stream.state;
  const times = (run?.resynchronisations ?? 0) + 1;
  const fallen = run && { ...run, resynchronisations: times, wasReady: undefined };
  const counted = fallen === undefined ? update : withRun(update, fallen);
  const facts: EventFacts = defined({ from, standing, resynchronisations: times, severity });
  return emit(counted, sighting, 'dcs.migration.regressed', facts);
}

/**
 * The last figures of a replication, in case it ends with this look; nothing if the task was never seen to replicate.
 */
export function endingOf(
  task: TaskState,
  { cutover }: Thresholds,
  { project }: Enrichment,
  now: Date,
): LastFigures | undefined {
  const { standing, ending } = task;
  if (standing !== undefined && isFinal(standing.phase)) return ending;
  if (!isReplicating(lastWorkingPhase(task))) {
    // The replication fell back to a full copy, so older figures say nothing about the new copy.
    return hasReplicated(task) ? NEVER_KNOWN : undefined;
  }
  return lastFigures(task, { lookedAt: project?.lookedAt, now }, cutover.figuresValidForMs);
}
