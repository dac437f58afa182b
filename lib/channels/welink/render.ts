import type { Message, Room } from '../../messages/message.ts';
import { homoglyphs } from '../chat/homoglyphs.ts';
import { layOut, type Markup, PLAIN, type TextLimits, textRoom } from '../chat/layout.ts';
import { type Called, callsOf } from './mention.ts';

export interface WeLinkMessage extends Called {
  readonly messageType: 'text';
  readonly content: { readonly text: string };
}

/** WeLink takes 500 characters; UTF-16 units are never fewer, whatever it counts. */
const MOST = 500;
const LIMITS: TextLimits = {
  most: MOST,
  measure: ({ length }) => length,
  headline: 130,
  value: 110,
  footer: 90,
  reserved: 100,
};
/** Ends of lines and the label of a link. */
const BETWEEN = 30;

/** An address is worth a third of the room at most, and none of what the people who are called take up. */
function markupFor(calls: string): Markup {
  const { headline, footer = 0 } = LIMITS;
  const longestLink = Math.min(MOST / 3, MOST - headline - footer - calls.length - BETWEEN);
  return {
    ...PLAIN,
    // A name with an at sign would look like a call.
    escape: (text) => homoglyphs(text, /@/g),
    link: (link, colon) => (link.url.length > longestLink ? '' : PLAIN.link(link, colon)),
    partEnd: '\n',
  };
}

export function roomFor(called: Called): Room {
  const calls = callsOf(called);
  return textRoom(markupFor(calls), LIMITS, calls);
}

export function render(message: Message, called: Called): WeLinkMessage {
  const calls = callsOf(called);
  return {
    messageType: 'text',
    content: { text: layOut(message, markupFor(calls), LIMITS, calls) },
    ...called,
  };
}
