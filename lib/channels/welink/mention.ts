import * as z from 'zod/mini';
import { type MentionList, mentionListSchema } from '../chat/mention-list.ts';

const MOST = 10;
/** Characters of all ids as they stand in a message, which has 500. */
const MOST_CHARACTERS = 250;

/** The setting `mention` of WeLink. */
export const mentionSchema = mentionListSchema({
  id: /^[\w.@-]{1,64}$/,
  most: MOST,
  hint: 'expected a list of user ids, or all: ["zhangsan@huawei"]',
  about: 'Whom to mention: user ids of members, at most 10, or all; mentionOn says when.',
}).check(
  z.refine((mention) => callsOf(mentionedPeople(mention, true)).length <= MOST_CHARACTERS, {
    error: `expected ids of at most ${MOST_CHARACTERS} characters together: a message has room for 500`,
  }),
);

/** The half of a mention that calls people. */
export interface Called {
  /** Needs accounts, so it is not set for everybody. */
  readonly isAt: boolean;
  readonly isAtAll: boolean;
  readonly atAccounts: readonly string[];
}

/** @param isCalled nobody is called otherwise */
export function mentionedPeople(mention: MentionList | undefined, isCalled: boolean): Called {
  if (mention === undefined || !isCalled) return { isAt: false, isAtAll: false, atAccounts: [] };
  if (mention === 'all') return { isAt: false, isAtAll: true, atAccounts: [] };
  return { isAt: mention.length > 0, isAtAll: false, atAccounts: mention };
}

/** The half of a mention that shows. */
export function callsOf({ isAtAll, atAccounts }: Called): string {
  return (isAtAll ? ['all'] : atAccounts).map((one) => `@${one}`).join(' ');
}
