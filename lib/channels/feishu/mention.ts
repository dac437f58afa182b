import { type MentionList, mentionListSchema } from '../chat/mention-list.ts';

/** The setting `mention` of Feishu. */
export const mentionSchema = mentionListSchema({
  id: /^[\w.-]{1,64}$/,
  most: 20,
  hint: 'expected a list of open ids or user ids, or all: ["ou_0123456789abcdef0123456789abcdef"]',
  about: 'Whom to mention: open ids (ou_…) or user ids of members, or all; mentionOn says when.',
});

/** The markup that calls people; empty where nobody is called. */
export function callsOf(mention: MentionList | undefined): string {
  const ids = mention === undefined ? [] : [mention].flat();
  return ids.map((id) => `<at id=${id}></at>`).join(' ');
}
