import { type Explanation, explained } from '../../../base/explanation.ts';
import { ENGLISH, FAULTS } from '../../../http/faults.ts';
import { FLAWS } from './flaws.ts';
import { HINTS } from './hints.ts';

const SENTENCES = { ...FAULTS, ...HINTS, ...FLAWS };

/** The sentences that a reason is made of. */
export type ReasonCode = keyof typeof SENTENCES;

/** `hooks.example: connection refused (ECONNREFUSED); check the address and port` */
export function explanationWords(explanation: Explanation): string | undefined {
  return explained(explanation, SENTENCES, ENGLISH);
}
