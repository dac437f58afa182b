import { defined } from '../../base/defined.ts';
import type { EventFacts, LastFigures, Standing } from '../../events/event.ts';
import { canonicalStatus, isFinal } from '../../events/phase.ts';
import { NEVER_KNOWN } from '../model/ending.ts';
import type { Observation } from '../model/observation.ts';
import type { Sighting } from '../model/sighting.ts';
import type { TaskState } from '../model/state.ts';
import { isSwitchOver, meaningOf, ROLL_BACK, SWITCHED } from '../model/status.ts';
import { emit, type Update, withRun, withState } from '../model/update.ts';
import { uncheckedFacts } from './confirmation.ts';
import { isBeforeWork } from './phase.ts';

/**
 * Adds the stored state of an IP switch to an answer that lacks it, since the service may stop mentioning an ended
 * switch. A switch holds while the status stays the same; a roll-back holds with any status until the next switch or
 * run, so that no success and no good end follows from it.
 */
export function withRememberedSwitch(
  { standing, observation }: TaskState,
  answered: Observation,
): Observation {
  const { taskStatus } = observation ?? {};
  if (standing === undefined || answered.taskStatus !== undefined || !isSwitchOver(taskStatus))
    return answered;
  const isSame = canonicalStatus(standing.status) === canonicalStatus(answered.status);
  const { phase } = meaningOf(answered);
  const begins = isBeforeWork(phase) || (isFinal(standing.phase) && !isFinal(phase));
  return isSame || (taskStatus === ROLL_BACK && !begins) ? { ...answered, taskStatus } : answered;
}

/**
 * The standing after the end of an IP switch. A task can be switched after a roll-back, or rolled back after its end,
 * without a change of its status.
 */
function withEndOfSwitch(
  standing: Standing | undefined,
  taskStatus: typeof SWITCHED | typeof ROLL_BACK,
): Standing | undefined {
  if (standing === undefined) return undefined;
  const { rolledBack: _before, ...rest } = standing;
  const isBack = taskStatus === ROLL_BACK && standing.phase === 'stopped';
  return isBack ? { ...rest, rolledBack: true } : rest;
}

/** Keeps the figures of the moment when clients were switched to the target, until they are switched back. */
function withSwitch(update: Update, switched: LastFigures | undefined): Update {
  const { run } = update.stream.state;
  if (run === undefined || (switched === run.switched && !run.switchOpen)) return update;
  return withRun(update, { ...run, switched, switchOpen: undefined });
}

const IP_SWITCH = {
  [SWITCHED]: { type: 'dcs.migration.ip_switched', severity: 'success' },
  [ROLL_BACK]: { type: 'dcs.migration.ip_rolled_back', severity: 'action' },
} as const;

/** Marks an IP switch whose end no look has shown yet: it may have been rolled back. */
export function withOpenSwitch(update: Update): Update {
  const { run, standing } = update.stream.state;
  if (run === undefined || standing?.phase !== 'switching' || run.switchOpen) return update;
  return withRun(update, { ...run, switchOpen: true });
}

/** Emits the end of an IP switch. Only `task_status` shows it, and keeps its value, so only a change counts. */
export function emitIpSwitch(update: Update, before: Observation | undefined, sighting: Sighting): Update {
  const { unchecked, lastFigures: last = NEVER_KNOWN } = sighting;
  const { taskStatus } = sighting.observation;
  if (taskStatus === before?.taskStatus || !isSwitchOver(taskStatus)) return update;
  const standing = withEndOfSwitch(update.stream.state.standing, taskStatus);
  if (standing === undefined) return update;
  const { type, severity } = IP_SWITCH[taskStatus];
  // Clients use a target that lacks the data which had not arrived.
  const isBad = taskStatus === SWITCHED && last.state !== 'in step';
  const facts: EventFacts = defined({
    standing,
    ...uncheckedFacts(unchecked),
    lastFigures: taskStatus === SWITCHED ? last : undefined,
    severity: unchecked === undefined && !isBad ? severity : 'action',
  });
  const switched = withSwitch(update, taskStatus === SWITCHED ? last : undefined);
  return emit(withState(switched, { ...switched.stream.state, standing }), sighting, type, facts);
}
