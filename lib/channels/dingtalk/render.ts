import type { Message } from '../../messages/message.ts';
import { addressOf, headlineWithin, layOut, type Markup, PLAIN, type TextLimits } from '../layout.ts';
import { jsonBytesOf } from '../measure.ts';
import type { At } from './mention.ts';

export type DingTalkMessage =
  | {
      readonly msgtype: 'markdown';
      readonly markdown: { readonly title: string; readonly text: string };
      readonly at: At;
    }
  | { readonly msgtype: 'text'; readonly text: { readonly content: string }; readonly at: At };

/** About 20,000 bytes are taken (model of SMN's DingTalk subscription); JSON's escapes count. */
export const LIMITS: TextLimits = { most: 16_000, measure: jsonBytesOf, headline: 300 };
/** The preview in the list of chats. */
const TITLE = 120;

/** No escape is documented: a zero-width space after each character of markup breaks it and shows nothing. */
const MARKUP = /[[\]()!*_#>`<]/g;

export const markup: Markup = {
  escape: (text) => text.replace(MARKUP, '$&\u200b'),
  headline: (text) => `### ${text}`,
  fact: (label, value, colon) => `- **${label}**${colon}${value}`,
  heading: (text) => `**${text}**`,
  line: (text) => `> ${text}`,
  link: (link) => `[${link.label}](${addressOf(link)})`,
  footer: (text) => text,
  lineEnd: '  \n',
  partEnd: '\n\n',
};

export function render(message: Message, at: At, calls: string): DingTalkMessage {
  const title = headlineWithin(message, TITLE, jsonBytesOf);
  return { msgtype: 'markdown', markdown: { title, text: layOut(message, markup, LIMITS, calls) }, at };
}

/** Plain text without a link: a link may be what was refused. */
export function simplify(message: Message, at: At, keyword: string | undefined): DingTalkMessage {
  const content = layOut(message, { ...PLAIN, link: () => '' }, LIMITS, keyword);
  return { msgtype: 'text', text: { content }, at };
}
