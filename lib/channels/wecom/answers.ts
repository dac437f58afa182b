import * as z from 'zod/mini';
import { classifierOf, type Meaning, meaningOfStatus } from '../answers/vendor-answer.ts';

const BODY = z.object({ errcode: z.number(), errmsg: z.optional(z.string()) });
const PAUSE: Meaning = { class: 'pause', hint: 'over_20_a_minute', pauseMs: 60_000 };
const TOO_MANY_REQUESTS = 429;
const FORM: Meaning = { class: 'permanent', hint: 'message_refused', isForm: true };
const TOO_LONG: Meaning = { class: 'permanent', hint: 'message_too_long', isForm: true };

/** Codes of `errcode` ("Global error codes" and "Group robot"; measured where they have none). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['0', { class: 'delivered' }],
  ['-1', { class: 'transient', hint: 'busy' }],
  ['45009', PAUSE],
  ['45033', PAUSE],
  ['93000', { class: 'broken', hint: 'no_robot' }],
  ['93004', { class: 'broken', hint: 'robot_stopped' }],
  ['93008', { class: 'broken', hint: 'robot_removed' }],
]);

/** 93000 also says that a message is too long: the words decide. */
const LENGTH = /exceed|length|too long/i;
const FREQUENCY = /\bfreq/i;

/** The meaning of a WeCom answer; always HTTP 200, so the code alone tells. */
export const classify = classifierOf({
  vendor: 'WeCom',
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    return success ? { code: String(data.errcode), words: data.errmsg } : undefined;
  },
  meaningOf: ({ code, words }, status) => {
    const known = MEANINGS.get(code);
    if (known?.class === 'broken' && LENGTH.test(words)) return TOO_LONG;
    if (known === undefined && FREQUENCY.test(words)) return PAUSE;
    return known ?? meaningOfStatus(status, FORM);
  },
  statuses: new Map([[TOO_MANY_REQUESTS, PAUSE]]),
});
