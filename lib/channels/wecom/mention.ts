import { type MentionList, mentionListSchema } from '../chat/mention-list.ts';

/** The setting `mention` of WeCom. */
export const mentionSchema = mentionListSchema({
  id: /^[\w.@-]{1,64}$/,
  most: 20,
  hint: 'expected a list of user ids or mobile numbers, or all: ["zhangsan"]',
  about: 'Whom to mention: user ids or mobile numbers of members, or all; mentionOn says when.',
});

const MOBILE = /^1\d{10}$/;

/** The people whom one message calls. */
export interface Called {
  /** User ids, or `@all`. */
  readonly ids: readonly string[];
  readonly mobiles: readonly string[];
  /** Markdown calls users alone, by their ids; everybody and mobile numbers need a message of plain text. */
  readonly needText: boolean;
}

/** @param isCalled nobody is called otherwise */
export function mentionedPeople(mention: MentionList | undefined, isCalled: boolean): Called {
  if (mention === undefined || !isCalled) return { ids: [], mobiles: [], needText: false };
  if (mention === 'all') return { ids: ['@all'], mobiles: [], needText: true };
  const mobiles = mention.filter((one) => MOBILE.test(one));
  return { ids: mention.filter((one) => !MOBILE.test(one)), mobiles, needText: mobiles.length > 0 };
}

/** The markup that calls people in Markdown; empty where nobody is called. */
export function callsOf({ ids }: Called): string {
  return ids.map((id) => `<@${id}>`).join(' ');
}
