import type { EventFacts, Standing } from '../../../events/event.ts';
import { isGoodEnd, transitionIn, waitingOf } from '../../facts.ts';
import { type Language, type Sentence, wordFor } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { spanWords } from '../figures.ts';
import { INFERRED } from '../values.ts';
import { distanceWords, endWords } from './endings.ts';
import { dossierWords, serviceWords } from './failures.ts';
import * as group from './groups.ts';
import { causeWords, lagWords, readyWords } from './readiness.ts';
import { transitions } from './transitions.ts';
import { channelBroken, failing } from './watching.ts';

const moved = transitionIn(transitions);

const firstSeen: Sentence = ({ to, dossier }) => {
  if (to === undefined) return undefined;
  const { status, phase, derived, rolledBack } = to;
  const notes = [
    phase,
    ...(dossier?.advice === undefined ? [] : [dossier.advice.cause]),
    ...(derived ? [INFERRED] : []),
    ...(rolledBack ? ['IP switch rolled back'] : []),
  ];
  return `now watched, status ${status} (${notes.join(', ')})${serviceWords(dossier)}${uncheckedWords(to.unchecked)}`;
};

type Unchecked = NonNullable<Standing['unchecked']>;

const INSTEAD: Readonly<Record<Unchecked, string>> = {
  deleted: 'the task may have been deleted',
  'rolled back': 'the IP switch may have been rolled back',
};

function uncheckedWords(what: Unchecked | undefined): string {
  return what === undefined ? '' : `, but this could not be checked: ${wordFor(INSTEAD, what)}`;
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
  const ended = facts.transition === 'gone' ? 'it disappeared' : 'incremental replication had ended';
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
  `do not cut over: it fell back to a full synchronisation${times === 1 ? '' : ` (${times} times so far)`}`;

const stalled: Sentence = ({ stall, seconds }) => {
  if (stall === undefined || seconds === undefined) return undefined;
  const { kind, offset, percent } = stall;
  const span = spanWords(seconds);
  if (kind === 'lag grows')
    return `falling behind: the lag (offset) has been growing for ${span}, to ${lagWords(offset)}`;
  return `stalled: no progress for ${span}${atPercent(percent)}`;
};

const resumed: Sentence = (facts) => {
  const words = moved(facts);
  const { stall, transition } = facts;
  if (words === undefined || stall === undefined) return undefined;
  const { kind, offset, percent } = stall;
  if (transition === 'left_phase') {
    return `${words}, in which ${kind === 'lag grows' ? 'its lag had been growing' : 'it had been stalled'}`;
  }
  if (kind === 'lag grows') return `catching up again: the lag (offset) is down to ${lagWords(offset)}`;
  return `${words}${atPercent(percent)}`;
};

function atPercent(percent: number | undefined): string {
  return percent === undefined ? '' : ` (at ${percent} %)`;
}

const COSTS = 'it costs money until stopped';
const FOR_EVER = 'or it keeps costing money';

const forgotten: Sentence = (facts) => {
  const { standing, seconds, lastFigures } = facts;
  if (standing === undefined || seconds === undefined) return undefined;
  const span = spanWords(seconds);
  if (standing.phase === 'configuring')
    return `has been waiting to be configured for ${span}: configure or delete it`;
  const replicated = `has been replicating for ${span}`;
  if (lastFigures === undefined) return waitingWords(facts, replicated);
  const advice = isGoodEnd(lastFigures)
    ? `stop it, ${FOR_EVER}`
    : 'find out what the target lacks before you stop it';
  return `${replicated}, IP addresses switched${endWords(lastFigures)}: ${advice}`;
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
    ? 'IP addresses switched: clients of the source address now reach the target'
    : `IP addresses switched${endWords(lastFigures)}: clients now reach the target`;

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
  'dcs.migration.ip_rolled_back': () => 'IP switch rolled back: clients reach the source again',
  'dcs.group.ready': group.ready,
  'dcs.group.failed': group.failed,
  'dcs.group.finished': group.finished,
  'dcs.group.retracted': group.retracted,
  'dcs.watch.failing': failing(moments),
  'dcs.watch.restored': ({ reason }) => reason && `watched again (was: ${reason})`,
  'dcs.watch.degraded': moved,
  'dcs.watch.channel_broken': channelBroken(moments),
});
