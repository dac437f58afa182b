import * as z from 'zod/mini';
import { classifierOf, type Meaning } from '../answers/vendor-answer.ts';

const BODY = z.object({
  status: z._default(z.string(), ''),
  message: z.optional(z.string()),
  errors: z._default(z.union([z.string(), z.array(z.string())]), []),
});
/** "Preferably with a backoff of a few minutes" (Events API v2, response codes); no header is promised. */
const PAUSE: Meaning = { class: 'pause', hint: 'asks_for_pause', pauseMs: 180_000 };
const NO_KEY: Meaning = {
  class: 'broken',
  hint: 'routing_key_refused',
};
const REFUSED: Meaning = { class: 'permanent', hint: 'event_refused' };
const TOO_LARGE: Meaning = { class: 'permanent', hint: 'too_large' };
const TAKEN_OR_NOT: Meaning = { class: 'permanent', hint: 'not_said_taken' };

const STATUSES: ReadonlyMap<number, Meaning> = new Map([
  [400, REFUSED],
  [413, TOO_LARGE],
  [429, PAUSE],
]);
const KEY = /(?:routing|integration|service)[ _]?key/i;

/** The meaning of an answer of the Events API v2. PagerDuty does not refuse every key that was removed. */
export const classify = classifierOf({
  vendor: 'PagerDuty',
  statuses: STATUSES,
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    if (!success || (data.status === '' && data.errors.length === 0)) return undefined;
    return { code: data.status, words: [data.message, data.errors].flat().join('\n') };
  },
  meaningOf: ({ code, words }, status) => {
    const isTaken = status >= 200 && status < 300;
    if (isTaken) return code === 'success' ? { class: 'delivered' } : TAKEN_OR_NOT;
    if (status === 400 && KEY.test(words)) return NO_KEY;
    return STATUSES.get(status) ?? { class: 'transient' };
  },
});
