import { wordFor } from '../language/language.ts';
import type { FailingStatus } from '../status/status.ts';
import type { View } from './view.ts';

/** Why looks fail, in the reader's language; a reason of a newer version as it is. */
export function failureWords({ reason }: FailingStatus, { language }: View): string {
  return wordFor<string>(language.failures, reason);
}
