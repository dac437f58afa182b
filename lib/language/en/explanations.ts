import { type Explanation, explained } from '../../base/explanation.ts';
import { ENGLISH, FAULTS } from '../../http/faults.ts';

/** `hooks.example: connection refused (ECONNREFUSED); check the address and port` */
export function explanationWords(explanation: Explanation): string | undefined {
  return explained(explanation, FAULTS, ENGLISH);
}
