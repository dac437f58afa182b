import * as z from 'zod/mini';

const HINT = 'expected a list of mobile numbers or user ids, or all: ["13800000000"]';
/** With or without a country code: `+86-13800000000`. */
const MOBILE = /^\+?[\d-]{8,20}$/;
const ID = /^[\w$:.-]{1,64}$/;
const MOST = 20;

/** The setting `mention` of DingTalk. */
export const mentionSchema = z
  .optional(
    z.union(
      [
        z.literal('all'),
        z
          .array(z.string({ error: HINT }).check(z.refine((one) => MOBILE.test(one) || ID.test(one), HINT)))
          .check(z.maxLength(MOST)),
      ],
      { error: HINT },
    ),
  )
  .check(z.describe('Whom to mention: mobile numbers or user ids of members, or all; mentionOn says when.'));

export type Mention = z.output<typeof mentionSchema>;

/** The half of a mention that calls people. */
export interface At {
  readonly atMobiles: readonly string[];
  readonly atUserIds: readonly string[];
  readonly isAtAll: boolean;
}

/** @param isCalled nobody is called otherwise */
export function atOf(mention: Mention, isCalled: boolean): At {
  if (!isCalled || mention === undefined) return { atMobiles: [], atUserIds: [], isAtAll: false };
  if (mention === 'all') return { atMobiles: [], atUserIds: [], isAtAll: true };
  return {
    atMobiles: mention.filter((one) => MOBILE.test(one)),
    atUserIds: mention.filter((one) => !MOBILE.test(one)),
    isAtAll: false,
  };
}

/** The half of a mention that shows: without it in the text nobody is called. */
export function callsOf({ atMobiles, atUserIds, isAtAll }: At): string {
  return [...(isAtAll ? ['所有人'] : []), ...atMobiles, ...atUserIds].map((one) => `@${one}`).join(' ');
}
