import * as z from 'zod/mini';
import type { Hint } from '../../language/en/explanations/hints.ts';
import { classifierOf, type Meaning } from '../answers/vendor-answer.ts';

const BODY = z.object({ errcode: z.number(), errmsg: z.optional(z.string()) });
/** DingTalk refuses for ten minutes beyond 20 messages in one. */
const PAUSE: Meaning = { class: 'pause', hint: 'over_20_a_minute', pauseMs: 600_000 };
const NO_ROBOT: Meaning = { class: 'broken', hint: 'no_robot' };
const GONE: Meaning = { class: 'broken', hint: 'robot_gone' };
const CONTENT: Meaning = { class: 'permanent', hint: 'content_refused', isForm: true };
const FORM: Meaning = { class: 'permanent', hint: 'message_refused' };

/** Codes of `errcode` ("Custom robot", error codes; measured where the documents differ). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['0', { class: 'delivered' }],
  ['-1', { class: 'transient', hint: 'busy' }],
  ['130101', PAUSE],
  ['410100', PAUSE],
  ['90030', { class: 'pause', hint: 'calls_used_up', pauseMs: 3_600_000 }],
  ['88', NO_ROBOT],
  ['300001', NO_ROBOT],
  ['300005', NO_ROBOT],
  ['400101', NO_ROBOT],
  ['400013', GONE],
  ['400102', GONE],
  ['400106', GONE],
  ['430101', CONTENT],
  ['430102', CONTENT],
  ['430103', CONTENT],
  ['430104', CONTENT],
]);

/** 310000 is every refusal of a robot's security settings: its words alone say which. */
const SECURITY: readonly (readonly [words: RegExp, hint: Hint])[] = [
  [/keyword/i, 'robot_wants_keyword'],
  [/sign/i, 'signature_refused'],
  [/timestamp/i, 'signature_too_old'],
  [/whitelist|\bip\b/i, 'address_not_on_robot'],
];
const SECURITY_CODE = '310000';
const FREQUENCY = /frequen|exceed|too (?:fast|many)|speed/i;
const TOKEN = /access_token/i;

/** The meaning of a DingTalk answer; always HTTP 200, so the code alone tells. */
export const classify = classifierOf({
  vendor: 'DingTalk',
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    return success ? { code: String(data.errcode), words: data.errmsg } : undefined;
  },
  meaningOf: ({ code, words }) => {
    const known = MEANINGS.get(code);
    if (known?.class === 'delivered') return known;
    if (FREQUENCY.test(words)) return PAUSE;
    if (code === SECURITY_CODE) return { class: 'broken', hint: securityHint(words) };
    if (known !== undefined) return known;
    return TOKEN.test(words) ? NO_ROBOT : FORM;
  },
});

function securityHint(words: string): Hint {
  const found = SECURITY.find(([pattern]) => pattern.test(words));
  return found?.[1] ?? 'security_refuses';
}
