import * as z from 'zod/mini';
import { classifierOf, type Meaning, meaningOfStatus } from '../answers/vendor-answer.ts';

const BODY = z.object({
  code: z.optional(z.number()),
  StatusCode: z.optional(z.number()),
  msg: z.optional(z.string()),
});
const PAUSE: Meaning = {
  class: 'pause',
  hint: 'over_100_a_minute',
  pauseMs: 60_000,
};
const TOO_MANY_REQUESTS = 429;
const FORM: Meaning = { class: 'permanent', hint: 'message_refused', isForm: true };

/** Codes of `code` ("Custom bot usage guide"; measured where it has none). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['0', { class: 'delivered' }],
  ['11232', PAUSE],
  ['9499', { class: 'permanent', hint: 'message_large_or_form', isForm: true }],
  ['19002', FORM],
  ['11246', FORM],
  ['19001', { class: 'broken', hint: 'no_bot' }],
  ['19021', { class: 'broken', hint: 'signature_refused' }],
  ['19022', { class: 'broken', hint: 'address_not_listed' }],
  ['19024', { class: 'broken', hint: 'bot_wants_keyword' }],
]);

/** 9499 and codes that no document names have also been seen for messages that came too fast. */
const FREQUENCY = /frequen|too many request/i;

/** The meaning of a Feishu answer: mostly HTTP 200, whose code alone tells. */
export const classify = classifierOf({
  vendor: 'Feishu',
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    if (!success) return undefined;
    const { code = data.StatusCode, msg: words } = data;
    return code === undefined ? undefined : { code: String(code), words };
  },
  meaningOf: ({ code, words }, status) => {
    const known = MEANINGS.get(code);
    const isRefusal = known === undefined || known.isForm === true;
    if (isRefusal && FREQUENCY.test(words)) return PAUSE;
    return known ?? meaningOfStatus(status, FORM);
  },
  statuses: new Map([[TOO_MANY_REQUESTS, PAUSE]]),
});
