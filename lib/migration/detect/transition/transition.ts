import { defined } from '../../../base/defined.ts';
import type { Dossier, EventFacts, LastFigures, Report, Standing } from '../../../events/event.ts';
import { isFinal, type Severity } from '../../../events/phase.ts';
import { hasOnlinePhases } from '../../model/observation.ts';
import { endStanding, newRun } from '../../model/run.ts';
import type { Sighting } from '../../model/sighting.ts';
import { standingsOf, type TaskState } from '../../model/state.ts';
import { meaningOf, ROLL_BACK } from '../../model/status.ts';
import { emit, type Update, withState } from '../../model/update.ts';
import { uncheckedFacts } from '../confirmation.ts';
import { lastWorkingPhase } from '../phase.ts';
import { changeOf, type StatusReading, unseenPhases } from './change.ts';
import { dossierOf } from './dossier.ts';
import { reportOf } from './report.ts';

/** Standings in a timeline: enough for a whole migration with some restarts. */
const TIMELINE_LENGTH = 50;

function standingOf({ observation, phase, derived, unchecked, now }: Sighting): Standing {
  const { status, taskStatus } = observation;
  return defined({
    status,
    phase,
    since: now.toISOString(),
    derived,
    rolledBack: phase === 'stopped' && taskStatus === ROLL_BACK ? true : undefined,
    unchecked: unchecked?.what,
  });
}

/** Emits the event of the first look, which says that the task is watched from now on. */
export function emitFirstSeen(update: Update, sighting: Sighting): Update {
  const to = standingOf(sighting);
  const placed = withStanding(update.stream.state, to);
  const begun = isFinal(sighting.phase) ? placed : { ...placed, run: newRun(sighting.now) };
  const facts: EventFacts = defined({
    to,
    ...uncheckedFacts(sighting.unchecked),
    dossier: dossierIn(sighting),
    severity: firstSeverity(sighting),
  });
  return emit(withState(update, begun), sighting, 'dcs.migration.first_seen', facts);
}

/** The severity of a first look. A transition before it is no news, but an existing failure is. */
function firstSeverity({ phase, isDiscovered, unchecked }: Sighting): Severity {
  if (phase === 'failed') return 'failure';
  if (phase !== 'succeeded' || !isDiscovered) return 'info';
  return unchecked === undefined ? 'success' : 'action';
}

/** Time after an end in which people still wait for its confirmation. */
const LATEST_CONFIRMATION_MS = 72 * 3_600_000;

/** Emits the confirmation of an end that was announced as unchecked. */
export function emitConfirmed(update: Update, from: Standing, sighting: Sighting): Update {
  const { observation, isDiscovered, lastFigures, now } = sighting;
  const { unchecked: _open, ...to } = from;
  const confirmed = withState(update, { ...update.stream.state, standing: to });
  // A roll-back differs from the announced end, and has its own event.
  if (observation.taskStatus === ROLL_BACK) return confirmed;
  const wasThere = update.stream.state.timeline.length === 0 && !isDiscovered;
  const isLate = now.getTime() - Date.parse(from.since) > LATEST_CONFIRMATION_MS;
  if (wasThere || isLate) return confirmed;
  const isGood = lastFigures === undefined || lastFigures.state === 'in step';
  const facts: EventFacts = defined({
    from,
    to,
    transition: 'confirmed',
    lastFigures,
    severity: isGood ? meaningOf(observation).severity : 'action',
  });
  return emit(confirmed, sighting, 'dcs.migration.status_changed', facts);
}

/** Emits the change to another status or phase, with a closing report if the migration ends with it. */
export function emitTransition(update: Update, from: Standing, sighting: Sighting): Update {
  const { phase, derived, observation, now } = sighting;
  const to = standingOf(sighting);
  const lastFigures = isFinal(phase) ? sighting.lastFigures : undefined;
  const before = { phase: from.phase, workingPhase: lastWorkingPhase(update.stream.state), lastFigures };
  const { status, taskStatus } = observation;
  const seen: StatusReading = defined({ status, taskStatus, derivedPhase: derived ? phase : undefined });
  const { severity, transition, switchStatus } = changeOf(before, seen);
  const skipped = hasOnlinePhases(observation) ? unseenPhases(from.phase, phase) : [];
  // Another status of the same failure, whose dossier was announced before.
  const dossier = from.phase === phase ? undefined : dossierIn(sighting);
  const { state, report } = applyTransition(update.stream.state, from, to, { lastFigures, now });
  const notObserved = { phases: skipped, after: from.since, before: to.since };
  const facts: EventFacts = defined({
    from,
    to,
    transition,
    switchStatus,
    lastFigures,
    notObserved: skipped.length > 0 ? notObserved : undefined,
    ...uncheckedFacts(sighting.unchecked),
    dossier,
    report,
    severity: sighting.unchecked === undefined ? severity : 'action',
  });
  return emit(withState(update, state), sighting, 'dcs.migration.status_changed', facts);
}

/** The state with its new standing, and the closing report if the migration ends. */
export function applyTransition(
  state: TaskState,
  from: Standing,
  to: Standing,
  { lastFigures, now }: { readonly lastFigures: LastFigures | undefined; readonly now: Date },
): { readonly state: TaskState; readonly report?: Report } {
  const { run = newRun(new Date(from.since)), ending, ...rest } = state;
  if (isFinal(from.phase)) {
    if (!isFinal(to.phase)) return { state: { ...withStanding(withoutSeries(rest), to), run: newRun(now) } };
    return { state: withStanding(ending === undefined ? rest : { ...rest, ending }, to) };
  }
  const over = endStanding(run, from, to.phase, now);
  if (isFinal(to.phase)) {
    const ended = lastFigures === undefined ? rest : { ...rest, ending: lastFigures };
    return { state: withStanding(ended, to), report: reportOf(over) };
  }
  return { state: { ...withStanding(rest, to), run: over } };
}

/** Drops the figures of the last migration when another one begins. */
function withoutSeries({ series: _over, ...state }: TaskState): TaskState {
  return state;
}

function withStanding(state: TaskState, to: Standing): TaskState {
  return { ...state, standing: to, timeline: standingsOf(state).slice(-TIMELINE_LENGTH) };
}

function dossierIn({ phase, enrichment, observation }: Sighting): Dossier | undefined {
  return phase === 'failed' ? dossierOf(enrichment, observation.migrationIp) : undefined;
}
