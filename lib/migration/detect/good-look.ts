import type { LastFigures, Standing } from '../../events/event.ts';
import type { Severity } from '../../events/phase.ts';
import { isFinal, isReplicating } from '../../events/phase.ts';
import { endWords, NEVER_KNOWN } from '../model/ending.ts';
import type { Neighbours } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import type { WatchRecord } from '../model/state.ts';
import { isSwitchOver, ROLL_BACK, SWITCHED } from '../model/status.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../model/thresholds.ts';
import { type Facts, type Noticed, tell, withCourse } from '../model/update.ts';
import type { Watch } from '../model/watch.ts';
import { lastFigures } from '../rules/figures.ts';
import { judge, leaveReadiness, leaveStall } from '../rules/index.ts';
import { hasReplicated, lastWorkingPhase } from './phase.ts';
import { arrive, confirm, firstSight, isAt, type Sighting } from './transition.ts';

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
  return judge(switched, { ...sighting, observation, standing, thresholds, isFirstSight, voice, now });
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
  const why = isOpen ? `its status is ${status} now` : `it is no longer replicating (${status})`;
  const left = leaveReadiness(draft, phase, why, { standing: from, voice, now, thresholds });
  const hasFallenBack = phase === 'full' && isReplicating(lastWorkingPhase(draft.record));
  const arrived = arrive(leaveStall(left, phase, { standing: from, voice, now }), from, sighting);
  if (!hasFallenBack) return arrived;
  // Somebody may be cutting over at this moment.
  const isAlarm = from.phase === 'switching' || draft.record.course?.announced === true;
  return tellRegression(arrived, from, isAlarm ? 'failure' : 'action', sighting);
}

function tellRegression(
  draft: Noticed,
  from: Standing,
  severity: Severity,
  { voice, now }: Sighting,
): Noticed {
  const { course, standing } = draft.record;
  const times = (course?.resynchronisations ?? 0) + 1;
  const fallen = course && { ...course, resynchronisations: times, announced: undefined };
  const counted = fallen === undefined ? draft : withCourse(draft, fallen);
  const facts = {
    from,
    ...(standing !== undefined && { standing }),
    resynchronisations: times,
    severity,
    summary: `do not cut over: it fell back to a full synchronisation${times === 1 ? '' : ` (number ${times})`}`,
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

/** Until somebody says how an IP switch has ended it may have been rolled back. */
function withOpenSwitch(draft: Noticed): Noticed {
  const { course, standing } = draft.record;
  if (course === undefined || standing?.phase !== 'switching' || course.switchOpen) return draft;
  return withCourse(draft, { ...course, switchOpen: true });
}

const IP_SWITCH = {
  [SWITCHED]: {
    type: 'dcs.migration.ip_switched',
    severity: 'success',
    words: 'the IP addresses are switched: clients of the source address reach the target now',
  },
  [ROLL_BACK]: {
    type: 'dcs.migration.ip_rolled_back',
    severity: 'action',
    words: 'the IP switch was rolled back: clients are at the source again',
  },
} as const;

/** `task_status` alone tells an IP switch; it says so as long as it lasts, so only its change is told. */
function tellSwitch(
  draft: Noticed,
  before: Observation | undefined,
  { observation: { taskStatus }, unchecked, lastFigures: last = NEVER_KNOWN, voice, now }: Sighting,
): Noticed {
  if (taskStatus === before?.taskStatus || !isSwitchOver(taskStatus)) return draft;
  const standing = withEndOfSwitch(draft.record.standing, taskStatus);
  if (standing === undefined) return draft;
  const { type, severity, words } = IP_SWITCH[taskStatus];
  // Clients are at a target that lacks what had not arrived by then.
  const isBad = taskStatus === SWITCHED && last.state !== 'in step';
  const facts: Facts = {
    standing,
    ...(unchecked !== undefined && { unchecked: unchecked.why }),
    ...(taskStatus === SWITCHED && { lastFigures: last }),
    severity: unchecked === undefined && !isBad ? severity : 'action',
    summary: isBad ? `the IP addresses were switched${endWords(last)}: clients reach the target now` : words,
  };
  const switched = withSwitch(draft, taskStatus === SWITCHED ? last : undefined);
  return tell({ ...switched, record: { ...switched.record, standing } }, voice, type, facts, now);
}

/** Remembers how far the target was when clients were switched to it, until they are switched back. */
function withSwitch(draft: Noticed, switched: LastFigures | undefined): Noticed {
  const { course } = draft.record;
  if (course === undefined || (switched === course.switched && !course.switchOpen)) return draft;
  return withCourse(draft, { ...course, switched, switchOpen: undefined });
}

/** A task can be switched after a roll-back, or be rolled back after its end, without coming to another status. */
function withEndOfSwitch(
  standing: Standing | undefined,
  taskStatus: typeof SWITCHED | typeof ROLL_BACK,
): Standing | undefined {
  if (standing === undefined) return undefined;
  const { rolledBack: _before, ...rest } = standing;
  const isBack = taskStatus === ROLL_BACK && standing.phase === 'stopped';
  return isBack ? { ...rest, rolledBack: true } : rest;
}
