import * as z from 'zod/mini';

/** The people whom a chat calls by their ids: everybody, or these. */
export type MentionList = 'all' | readonly string[];

/** How one vendor names people. */
export interface MentionForm {
  /** An id that can be nothing else where it stands in a message. */
  readonly id: RegExp;
  readonly most: number;
  /** The form that is expected, for a setting that has another one. */
  readonly hint: string;
  readonly about: string;
}

const ALL = 'all';

/** The setting `mention` of a chat that calls people by their ids: `all`, one id, or several. */
export function mentionListSchema({ id, most, hint, about }: MentionForm) {
  const isKnown = (text: string) => bare(text) === ALL || id.test(bare(text));
  const one = z.string({ error: hint }).check(z.refine(isKnown, hint));
  const several = z.array(one).check(z.maxLength(most, `expected at most ${most} ids, or all`));
  return z
    .optional(z.pipe(z.union([one, several], { error: hint }), z.transform(listOf)))
    .check(z.describe(about));
}

/** The forms in which vendors write a mention into their messages; people copy them. */
const WRITTEN = /^(?:<at (?:user_)?id="?([^\s"<>]+)"?>[^<>]*<\/at>|<?@([^\s<>]+)>?)$/;

function bare(text: string): string {
  const [, inTag, behindSign] = WRITTEN.exec(text) ?? [];
  return inTag ?? behindSign ?? text;
}

function listOf(setting: string | string[]): MentionList {
  const ids = [setting].flat().map(bare);
  return ids.includes(ALL) ? ALL : ids;
}
