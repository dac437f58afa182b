import type { EventFacts } from '../../../events/event.ts';
import { isGoodEnd, transitionIn, waitingOf } from '../../facts.ts';
import type { Language, Sentence } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { spanWords } from '../figures.ts';
import { distanceWords, endWords } from './endings.ts';
import { dossierWords } from './failures.ts';
import * as group from './groups.ts';
import { causeWords, lagWords, readyWords } from './readiness.ts';
import { transitions } from './transitions.ts';
import { channelBroken, failing } from './watching.ts';

const moved = transitionIn(transitions);

const firstSeen: Sentence = ({ to, dossier }) => {
  if (to === undefined) return undefined;
  const { status, phase, derived, rolledBack } = to;
  const notes = [
    ...(derived ? [', concluded from the statistics'] : []),
    ...(rolledBack ? [', its IP switch was rolled back'] : []),
  ];
  return `now watched, status ${status} (${phase}${notes.join('')})${dossierWords(dossier)}${uncheckedWords(to.unchecked)}`;
};

function uncheckedWords(what: string | undefined): string {
  return what === undefined ? '' : `, but this could not be checked: it may have been ${what} instead`;
}

const statusChanged: Sentence = (facts) => {
  const words = moved(facts);
  if (words === undefined) return undefined;
  const { notObserved, to, dossier } = facts;
  const skipped = notObserved === undefined ? '' : ` (not observed: ${notObserved.phases.join(', ')})`;
  return `${words}${skipped}${uncheckedWords(to?.unchecked)}${dossierWords(dossier)}`;
};

/** A deletion is a matter of course after a good end. */
const gone: Sentence = (facts) => {
  const { from, lastFigures } = facts;
  const words = moved(facts);
  if (from === undefined || words === undefined) return undefined;
  const last = `last status ${from.status}${from.unchecked === undefined ? '' : ', not checked'}`;
  const ended = facts.transition === 'gone' ? 'it is gone' : 'incremental replication had ended';
  return `${words} (${last})${isGoodEnd(lastFigures) ? '' : `: ${ended}${endWords(lastFigures)}`}`;
};

const progress: Sentence = ({ progress: here }) => {
  if (here === undefined) return undefined;
  const { percent, secondsLeft } = here;
  const left = secondsLeft === undefined ? '' : `, about ${spanWords(secondsLeft)} left at this rate`;
  return `full synchronisation at ${percent} %${left}`;
};

const unready: Sentence = (facts) => {
  const words = moved(facts);
  return words && `${words}: ${facts.readiness?.reason}`;
};

const blocked: Sentence = (facts) => {
  const { readiness, transition } = facts;
  const words = moved(facts);
  if (words === undefined || readiness === undefined) return undefined;
  return `${words}: ${readiness.reason}; ${causeWords(readiness, transition === 'not_known')}`;
};

const regressed: Sentence = ({ resynchronisations: times = 1 }) =>
  `do not cut over: it fell back to a full synchronisation${times === 1 ? '' : ` (number ${times})`}`;

const stalled: Sentence = ({ stall, seconds }) => {
  if (stall === undefined || seconds === undefined) return undefined;
  const { kind, offset, percent } = stall;
  const span = spanWords(seconds);
  if (kind === 'lag grows')
    return `falls behind: the lag (offset) has grown for ${span}, to ${lagWords(offset)}`;
  return `stalled: no progress for ${span}${atPercent(percent)}`;
};

const resumed: Sentence = (facts) => {
  const words = moved(facts);
  const { stall, transition } = facts;
  if (words === undefined || stall === undefined) return undefined;
  const { kind, offset, percent } = stall;
  if (transition === 'left_phase') {
    return `${words}, in which ${kind === 'lag grows' ? 'its lag grew' : 'it had stalled'}`;
  }
  if (kind === 'lag grows') return `catches up again: the lag (offset) is down to ${lagWords(offset)}`;
  return `${words}${atPercent(percent)}`;
};

function atPercent(percent: number | undefined): string {
  return percent === undefined ? '' : ` (at ${percent} %)`;
}

const COSTS = 'it runs (and costs) until stopped';
const FOR_EVER = 'or it runs (and costs) for ever';

const forgotten: Sentence = (facts) => {
  const { standing, seconds, lastFigures } = facts;
  if (standing === undefined || seconds === undefined) return undefined;
  const span = spanWords(seconds);
  if (standing.phase === 'configuring')
    return `has waited for ${span} to be configured: configure or delete it`;
  if (lastFigures === undefined) return waitingWords(facts, `has replicated for ${span}`);
  const advice = isGoodEnd(lastFigures)
    ? `stop it, ${FOR_EVER}`
    : 'see what is missing in the target before you stop it';
  return `has replicated for ${span}: the IP addresses are switched${endWords(lastFigures)}: ${advice}`;
};

/** Advice to cut over is given only where readiness holds. */
function waitingWords({ readiness }: EventFacts, replicated: string): string | undefined {
  if (readiness === undefined) return undefined;
  const { reason, unmet = [] } = readiness;
  if (reason === undefined) return `${replicated} and is ready: cut over and stop it, ${FOR_EVER}`;
  const { isFar, isPlain, hasReason } = waitingOf(readiness);
  const words = isPlain ? reason : `${isFar ? 'still ' : ''}${distanceWords(readiness, unmet)}`;
  const why = hasReason ? ` (${reason})` : '';
  return `${replicated} and is not ready: ${words}${why}; ${COSTS}`;
}

const switched: Sentence = ({ lastFigures }) =>
  isGoodEnd(lastFigures)
    ? 'the IP addresses are switched: clients of the source address reach the target now'
    : `the IP addresses were switched${endWords(lastFigures)}: clients reach the target now`;

/** The sentence of each type of event, without the name of its subject. */
export const sentencesIn = (moments: Moments): Language['sentences'] => ({
  'dcs.migration.first_seen': firstSeen,
  'dcs.migration.status_changed': statusChanged,
  'dcs.migration.gone': gone,
  'dcs.migration.progress': progress,
  'dcs.migration.cutover_ready': ({ readiness }) => readiness && readyWords(readiness),
  'dcs.migration.cutover_unready': unready,
  'dcs.migration.cutover_blocked': blocked,
  'dcs.migration.regressed': regressed,
  'dcs.migration.stalled': stalled,
  'dcs.migration.resumed': resumed,
  'dcs.migration.forgotten': forgotten,
  'dcs.migration.ip_switched': switched,
  'dcs.migration.ip_rolled_back': () => 'the IP switch was rolled back: clients are at the source again',
  'dcs.group.ready': group.ready,
  'dcs.group.failed': group.failed,
  'dcs.group.finished': group.finished,
  'dcs.group.retracted': group.retracted,
  'dcs.watch.failing': failing(moments),
  'dcs.watch.restored': ({ reason }) => reason && `watched again (was: ${reason})`,
  'dcs.watch.degraded': moved,
  'dcs.watch.channel_broken': channelBroken(moments),
});
