import type { EventFacts, Standing } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import type { Transition } from '../../../events/transition.ts';
import { isGoodEnd, type TransitionWords, transitionWords } from '../../facts.ts';
import type { Sentence } from '../../language.ts';
import { INFERRED } from '../values.ts';
import { endWords } from './endings.ts';

/** The arrival of a task in a phase, behind the task's name. */
const ARRIVALS: Readonly<Record<Phase, string>> = {
  creating: 'the task is being created',
  configuring: 'waiting to be configured',
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
  full: `full synchronisation (${INFERRED})`,
  incremental: `incremental replication (${INFERRED})`,
};

const ROLLED_BACK = 'IP switch rolled back (although the status says success)';
const WORDS: TransitionWords = {
  phases: ARRIVALS,
  statuses: OF_STATUS,
  rolledBack: ROLLED_BACK,
  concluded: (phase) => CONCLUDED[phase],
};

/** Where a task is that may have been there before. */
const NOW: TransitionWords = {
  ...WORDS,
  phases: {
    ...ARRIVALS,
    migrating: 'migration is running',
    full: 'full synchronisation is running',
    incremental: 'incremental replication is running',
  },
};

function arrival(to: Standing): string {
  return transitionWords(to, WORDS);
}

/** The reading of a task that has arrived somewhere. */
const arrived: Sentence = ({ to }) => to && arrival(to);

/** A sentence about a replication says so when that was concluded. */
function concluded(words: string, { to }: EventFacts): string {
  return to?.derived ? `${words} (${INFERRED})` : words;
}

const ENDED: Readonly<Partial<Record<Phase, string>>> = {
  stopped: 'been stopped',
  succeeded: 'finished',
  failed: 'failed',
  released: 'released its migration machine',
};

const RUNS_AGAIN = 'restarted: incremental replication is running';
const STILL_REPLICATING = 'incremental replication continues';

const restarted: Sentence = (facts) => {
  const { from, to } = facts;
  if (from === undefined || to === undefined) return undefined;
  if (to.phase === 'incremental' && from.phase === 'stopping') return concluded(RUNS_AGAIN, facts);
  if (to.phase === 'incremental' && from.phase === 'stopped') return RUNS_AGAIN;
  return `restarted after it had ${ENDED[from.phase] ?? 'ended'}: ${transitionWords(to, NOW)}`;
};

const switchEnded: Sentence = (facts) =>
  facts.switchStatus === undefined
    ? concluded(`IP switch ended, ${STILL_REPLICATING}`, facts)
    : `IP switch ended (${facts.switchStatus}), ${STILL_REPLICATING}`;

const confirmed: Sentence = ({ to, lastFigures }) => {
  if (to === undefined) return undefined;
  if (isGoodEnd(lastFigures)) return `${arrival(to)}, now confirmed`;
  return `confirmed to have ended, but incremental replication ended${endWords(lastFigures)}`;
};

const stillReads: Sentence = ({ to }) => to && `status is now ${to.status}`;

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
  found_again: ({ to }) => to && `found again: ${transitionWords(to, NOW)}`,
  same_phase: (facts) => `${stillReads(facts)}, still in the same phase`,
  phase_open: (facts) => `${stillReads(facts)}, which does not say which phase it is in`,
  switching: arrived,
  switch_ended: switchEnded,
  switch_rolled_back: () => ROLLED_BACK,
  stopping: arrived,
  stopped_normally: () => 'incremental replication stopped in step, the normal end of an online migration',
  stopped_not_in_step: ({ lastFigures }) => `incremental replication stopped${endWords(lastFigures)}`,
  stopped_early: () => 'stopped before the full synchronisation was seen to finish',
  stopped_after_roll_back: () => 'stopped after the IP switch was rolled back',
  stopped: arrived,
  released_normally: () => `${ARRIVALS.released}: incremental replication ended in step`,
  released_not_in_step: ({ lastFigures }) =>
    `${ARRIVALS.released}: incremental replication ended${endWords(lastFigures)}`,
  released_early: () => `${ARRIVALS.released} before the full synchronisation was seen to finish`,
  released: arrived,
  finished: arrived,
  finished_not_in_step: ({ lastFigures }) =>
    `status says success, but incremental replication ended${endWords(lastFigures)}`,
  failed: arrived,
  confirmed,
  gone: () => ARRIVALS.gone,
  deleted_after_end: () => 'the task was deleted after it had ended',
  unknown_status: arrived,
  no_longer_ready: () => 'no longer ready for the cut-over',
  no_longer_known: () => 'no longer known to be ready for the cut-over',
  not_ready: () => 'not ready for the cut-over',
  not_known: () => 'readiness for the cut-over is unknown',
  moves_again: () => 'moving again',
  left_phase: ({ standing }) => standing && `left the ${standing.phase} phase`,
  call_denied: ({ call }) => call && `the access key may not call ${call}`,
  call_fails: ({ call }) => call && `calls to ${call} fail`,
};
