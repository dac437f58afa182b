import { defined } from '../../base/defined.ts';
import type { Message, Room } from '../../messages/message.ts';
import type { Colour } from '../../messages/severity.ts';
import { homoglyphs } from '../chat/homoglyphs.ts';
import { addressOf, layOut, type Markup, PLAIN, type TextLimits, textRoom } from '../chat/layout.ts';
import { bytesOf } from '../chat/measure.ts';
import { type Called, callsOf } from './mention.ts';

/** The content of a message of plain text. */
interface Text {
  readonly content: string;
  readonly mentioned_list?: readonly string[];
  readonly mentioned_mobile_list?: readonly string[];
}

export type WeComMessage =
  | { readonly msgtype: 'markdown'; readonly markdown: { readonly content: string } }
  | { readonly msgtype: 'text'; readonly text: Text };

/** Bytes: WeCom takes 4,096 of Markdown and 2,048 of text ("Group robot", message types). */
const LIMITS: TextLimits = { most: 4000, measure: bytesOf, headline: 400, value: 400, footer: 240 };
const TEXT_LIMITS: TextLimits = {
  most: 2000,
  measure: bytesOf,
  headline: 300,
  value: 240,
  footer: 200,
  reserved: 300,
};
/** For a text that was refused as well: too long is one of the reasons. */
const SHORT_LIMITS: TextLimits = { ...TEXT_LIMITS, most: 1000 };

/** Names of WeCom's only colours: green, grey and orange. */
const COLOURS: Readonly<Record<Colour, 'info' | 'comment' | 'warning'>> = {
  green: 'info',
  amber: 'warning',
  orange: 'warning',
  red: 'warning',
  grey: 'comment',
};

/** No escape is documented; entities might be read as what they stand for. Of brackets only those of a link are more than text. */
const MARKUP = /[<>*`#]|\](?=[([])|&(?=#?\w{1,31};)/g;

const markup: Markup = {
  escape: (text) => homoglyphs(text, MARKUP),
  headline: (text, colour) => `### ${coloured(text, COLOURS[colour])}`,
  fact: (label, value, colon) => `> **${label}**${colon}${value}`,
  heading: (text) => `**${text}**`,
  line: (text) => text,
  link: (link) => `[${link.label}](${addressOf(link)})`,
  footer: (text) => coloured(text, 'comment'),
  lineEnd: '\n',
  partEnd: '\n\n',
};

function coloured(text: string, colour: string): string {
  return `<font color="${colour}">${text}</font>`;
}

/** `<@…>` calls people in a text, too. */
const TEXT: Markup = {
  ...PLAIN,
  escape: (text) => homoglyphs(text, /[<>]|&(?=#?\w{1,31};)/g),
  link: (link, colon) => `${link.label}${colon}${addressOf(link)}`,
};

export function roomFor(called: Called): Room {
  const room = textRoom(markup, LIMITS, callsOf(called));
  if (!called.needText) return room;
  const missing = LIMITS.most - TEXT_LIMITS.most;
  const { frame } = textRoom(TEXT, TEXT_LIMITS);
  return {
    ...room,
    frame: (message) => (message.mentions ? frame(message) + missing : room.frame(message)),
  };
}

/**
 * One message always: a second one that only calls people would count in the limit of a minute, and could be lost while the
 * first arrived.
 */
export function render(message: Message, called: Called): WeComMessage {
  if (called.needText) return textOf(message, called, TEXT_LIMITS);
  return { msgtype: 'markdown', markdown: { content: layOut(message, markup, LIMITS, callsOf(called)) } };
}

/** @param refused the type of the message that was refused */
export function simplify(message: Message, called: Called, refused: WeComMessage['msgtype']): WeComMessage {
  return textOf(message, called, refused === 'text' ? SHORT_LIMITS : TEXT_LIMITS);
}

function textOf(message: Message, { ids, mobiles }: Called, limits: TextLimits): WeComMessage {
  const text = defined<Text>({
    content: layOut(message, TEXT, limits),
    mentioned_list: ids.length === 0 ? undefined : ids,
    mentioned_mobile_list: mobiles.length === 0 ? undefined : mobiles,
  });
  return { msgtype: 'text', text };
}
