import * as z from 'zod/mini';

/** The people whom a chat mentions: everybody, or these ids. */
export type MentionList = 'all' | readonly string[];

/** The form of one vendor's ids of people. */
export interface MentionForm {
  /** Matches an id that cannot be anything else within a message. */
  readonly id: RegExp;
  readonly most: number;
  /** The expected form, for the error message. */
  readonly hint: string;
  readonly about: string;
}

const ALL = 'all';

/** The setting `mention` of a chat that mentions people by id: `all`, one id, or several. */
export function mentionListSchema({ id, most, hint, about }: MentionForm) {
  const isKnown = (text: string) => bare(text) === ALL || id.test(bare(text));
  const one = z.string({ error: hint }).check(z.refine(isKnown, hint));
  const several = z.array(one).check(z.maxLength(most, `expected at most ${most} ids, or all`));
  return z
    .optional(z.pipe(z.union([one, several], { error: hint }), z.transform(listOf)))
    .check(z.describe(about));
}

/** Mentions in the form of vendors' messages, from which people copy them. */
const WRITTEN = /^(?:<at (?:user_)?id="?([^\s"<>]+)"?>[^<>]*<\/at>|<?@([^\s<>]+)>?)$/;

function bare(text: string): string {
  const [, inTag, behindSign] = WRITTEN.exec(text) ?? [];
  return inTag ?? behindSign ?? text;
}

function listOf(setting: string | string[]): MentionList {
  const ids = [setting].flat().map(bare);
  return ids.includes(ALL) ? ALL : ids;
}
