import type { EventFacts, Standing } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import type { Transition } from '../../../events/transition.ts';
import { isGoodEnd, type TransitionWords, transitionWords } from '../../facts.ts';
import type { Sentence } from '../../language.ts';
import { endWords } from './endings.ts';

/** The arrival of a task in a phase, behind the task's name. */
const ARRIVALS: Readonly<Record<Phase, string>> = {
  creating: 'the task is being created',
  configuring: 'created, waiting to be configured',
  migrating: 'migration started',
  full: 'full synchronisation started',
  incremental: 'incremental replication started',
  switching: 'IP addresses are being switched',
  stopping: 'being stopped',
  stopped: 'stopped',
  succeeded: 'migration finished',
  failed: 'migration failed',
  released: 'migration machine released',
  gone: 'the task no longer exists',
  unknown: 'status is now',
};

/** Statuses that say more than the phase they mean. */
const OF_STATUS: ReadonlyMap<string, string> = new Map([
  ['MIGRATION_SUCCESS', 'all data migrated, resources still to be released'],
  ['ERROR', 'the task is faulty'],
]);

/** Phases that were concluded from the statistics. */
const CONCLUDED: Readonly<Partial<Record<Phase, string>>> = {
  full: 'full synchronisation (concluded from the statistics)',
  incremental: 'incremental replication (concluded from the statistics)',
};

const ROLLED_BACK = 'the IP switch was rolled back (the status reads as success)';
const WORDS: TransitionWords = {
  phases: ARRIVALS,
  statuses: OF_STATUS,
  rolledBack: ROLLED_BACK,
  concluded: (phase) => CONCLUDED[phase],
};

function arrival(to: Standing): string {
  return transitionWords(to, WORDS);
}

/** The reading of a task that has arrived somewhere. */
const arrived: Sentence = ({ to }) => to && arrival(to);

/** A sentence about a replication says so when that was concluded. */
function concluded(words: string, { to }: EventFacts): string {
  return to?.derived ? `${words} (concluded from the statistics)` : words;
}

const ENDED: Readonly<Partial<Record<Phase, string>>> = {
  stopped: 'been stopped',
  succeeded: 'finished',
  failed: 'failed',
  released: 'released its migration machine',
};

const RUNS_AGAIN = 'restarted: incremental replication runs';
const STILL_REPLICATING = 'incremental replication continues';

const restarted: Sentence = (facts) => {
  const { from, to } = facts;
  if (from === undefined || to === undefined) return undefined;
  if (to.phase === 'incremental' && from.phase === 'stopping') return concluded(RUNS_AGAIN, facts);
  if (to.phase === 'incremental' && from.phase === 'stopped') return RUNS_AGAIN;
  return `restarted after it had ${ENDED[from.phase] ?? 'ended'}: ${arrival(to)}`;
};

const switchEnded: Sentence = (facts) =>
  facts.switchStatus === undefined
    ? concluded(`IP switch ended, ${STILL_REPLICATING}`, facts)
    : `IP switch ended (${facts.switchStatus}), ${STILL_REPLICATING}`;

const confirmed: Sentence = ({ to, lastFigures }) => {
  if (to === undefined) return undefined;
  if (isGoodEnd(lastFigures)) return `${arrival(to)}: this is checked now`;
  return `this is checked now: it has ended, but incremental replication ended${endWords(lastFigures)}`;
};

const stillReads: Sentence = ({ to }) => to && `the status reads ${to.status} now`;

/** Every sentence of a status that is another one; of other types only those that their own sentence begins with. */
export const transitions: Readonly<Record<Transition, Sentence>> = {
  arrived,
  full_started: arrived,
  full_finished: (facts) =>
    concluded('full synchronisation finished, incremental replication started', facts),
  incremental_started: arrived,
  incremental_resumed: (facts) => concluded(STILL_REPLICATING, facts),
  fell_back: () => 'fell back from incremental replication to a full synchronisation',
  restarted,
  found_again: ({ to }) => to && `found again: ${arrival(to)}`,
  same_phase: (facts) => `${stillReads(facts)}, the phase is the same`,
  phase_open: (facts) => `${stillReads(facts)}, which leaves the phase open`,
  switching: arrived,
  switch_ended: switchEnded,
  switch_rolled_back: () => ROLLED_BACK,
  stopping: arrived,
  stopped_normally: () => 'incremental replication stopped in step, the normal end of an online migration',
  stopped_not_in_step: ({ lastFigures }) => `incremental replication stopped${endWords(lastFigures)}`,
  stopped_early: () => 'stopped before the full synchronisation was seen to finish',
  stopped_after_roll_back: () => 'stopped after the IP switch was rolled back',
  stopped: arrived,
  released_normally: () => `${ARRIVALS.released}: incremental replication has ended in step`,
  released_not_in_step: ({ lastFigures }) =>
    `${ARRIVALS.released}: incremental replication has ended${endWords(lastFigures)}`,
  released_early: () => `${ARRIVALS.released} before the full synchronisation was seen to finish`,
  released: arrived,
  finished: arrived,
  finished_not_in_step: ({ lastFigures }) =>
    `reads as a success, but incremental replication ended${endWords(lastFigures)}`,
  failed: arrived,
  confirmed,
  gone: () => ARRIVALS.gone,
  deleted_after_end: () => 'the task was deleted after it had ended',
  unknown_status: arrived,
  no_longer_ready: () => 'no longer ready for the cut-over',
  no_longer_known: () => 'can no longer be called ready for the cut-over',
  not_ready: () => 'not ready for the cut-over',
  not_known: () => 'whether it is ready for the cut-over cannot be judged',
  moves_again: () => 'moves again',
  left_phase: ({ standing }) => standing && `has left the ${standing.phase} phase`,
  call_denied: ({ call }) => call && `the key may not call ${call}`,
  call_fails: ({ call }) => call && `${call} fails`,
};
