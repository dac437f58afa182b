import { didYouMean } from '../base/nearest.ts';
import { canonicalStatus, PHASES, type Phase } from '../events/phase.ts';
import { KNOWN_STATUSES, ROLL_BACK, SWITCHED } from '../migration/model/status.ts';

/** A goal of a wait, by the word that names it: `ready`, a phase, or a status of the service. */
export type Goal =
  | { readonly kind: 'ready'; readonly word: 'ready' }
  | { readonly kind: 'phase'; readonly word: Phase }
  /** A status of the task, or of its IP switch. */
  | { readonly kind: 'status'; readonly word: string };

const READY = 'ready';

/** The service's words for an IP switch. */
const SWITCH_STATUSES = ['EXCHANGING', SWITCHED, ROLL_BACK];

const STATUSES: ReadonlySet<string> = new Set([...KNOWN_STATUSES, 'INCRMIGRATING', ...SWITCH_STATUSES]);

/** Every word that a wait may be for. */
export const GOAL_WORDS: readonly string[] = [READY, ...PHASES, ...STATUSES];

/**
 * The goal that a word names. Phases are in lower case and statuses in capitals: `failed` is any failure, `FAILED` the one
 * status.
 *
 * @returns in words why it is none
 */
export function goalOf(word: string): Goal | string {
  const phase = PHASES.find((one) => one === word.toLowerCase());
  const status = word.toUpperCase();
  if (word.toLowerCase() === READY) return { kind: 'ready', word: READY };
  if (phase !== undefined && word !== status) return { kind: 'phase', word: phase };
  if (STATUSES.has(status)) return { kind: 'status', word: canonicalStatus(status) };
  if (phase !== undefined) return { kind: 'phase', word: phase };
  return `${word} is nothing to wait for; ${didYouMean(word, GOAL_WORDS)}expected ready, a phase (${PHASES.join(', ')}) or a status of DCS (such as SUCCESS)`;
}
