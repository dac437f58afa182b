import type { Message } from '../../messages/message.ts';
import { homoglyphs } from '../chat/homoglyphs.ts';
import { addressOf, headlineWithin, layOut, type Markup, PLAIN, type TextLimits } from '../chat/layout.ts';
import { jsonBytesOf } from '../chat/measure.ts';
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

/**
 * No escape is documented. Only what can be markup is replaced, so that people can copy and search the rest: brackets that
 * end the text of a link, and `_` at an edge of a word (within one, as in a status, it is none).
 */
const MARKUP = /[*`<]|\](?=[([])|_(?=_*(?![\p{L}\p{N}_]))|(?<=(?<![\p{L}\p{N}_])_*)_/gu;
/** At the start of a line: headings, quotes, and `[x]: …`, to which links elsewhere could lead. */
const MARKUP_AT_START = /(?<=^[#>\s]*)[#>]|(?<=^\[.*)\](?=:)/g;

export const markup: Markup = {
  escape: (text) => homoglyphs(text, MARKUP),
  headline: (text) => `### ${text}`,
  fact: (label, value, colon) => `- **${label}**${colon}${value}`,
  heading: (text) => `**${text}**`,
  line: (text) => `> ${homoglyphs(text, MARKUP_AT_START)}`,
  link: (link) => `[${link.label}](${addressOf(link)})`,
  footer: (text) => homoglyphs(text, MARKUP_AT_START),
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
