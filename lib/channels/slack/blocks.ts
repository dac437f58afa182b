import type { Fact, Link, Message } from '../../messages/message.ts';
import { escaped, shown } from './text.ts';

/** Data is only ever put into `plain_text`, which knows no markup. `emoji: false` leaves `:words:` as they are. */
interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** Only for what we write ourselves: mentions of the configuration and links. */
interface Markup {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText | Markup }
  | { readonly type: 'section'; readonly fields: readonly PlainText[] }
  | { readonly type: 'context'; readonly elements: readonly (PlainText | Markup)[] };

/** The payload of an incoming webhook. */
export interface SlackMessage {
  /** Where blocks are not shown: notifications, screen readers. */
  readonly text: string;
  /** No formatting in `text`: the names in it are data. */
  readonly mrkdwn: false;
  /** Above the bar: the headline, and the people who are called. */
  readonly blocks?: readonly Block[];
  /** Everything else, beside a bar of the event's colour: Slack colours attachments alone. */
  readonly attachments?: readonly [Attachment];
}

export interface Attachment {
  readonly color: string;
  readonly blocks: readonly Block[];
}

/** Slack's limits in characters and in fields of a section (Block Kit reference: header, section). */
export const LIMITS = { header: 150, text: 3000, field: 2000, fields: 10 } as const;
/** Characters of one value where many must have room. */
export const SHORT = 120;
const LONGEST_LINK = 1500;

/** @param text cut to what a header may hold */
export function header(text: string): Block {
  return { type: 'header', text: plainText(shown(text, LIMITS.header)) };
}

/** Facts side by side, in as many sections as they need. */
export function factBlocks(facts: readonly Fact[]): Block[] {
  const starts = facts.flatMap((_fact, index) => (index % LIMITS.fields === 0 ? [index] : []));
  return starts.map((start) => ({
    type: 'section',
    fields: facts.slice(start, start + LIMITS.fields).map(field),
  }));
}

/** A label, which is ours, above a value. */
function field([label, value]: Fact): PlainText {
  return plainText(`${label}\n${shown(value, SHORT * 4 - label.length - 1)}`);
}

/** @param text that is escaped already and within the limits */
export function section(text: string): Block {
  return { type: 'section', text: plainText(text) };
}

/** The people to call, as the configuration names them. */
export function mentionBlock(mention: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: mention } };
}

/** The last line of a message, with a link for people if there is one. */
export function context({ footer, console }: Message): Block {
  const text = shown(footer.join(' · '), LIMITS.field);
  return { type: 'context', elements: [plainText(text), ...linkIn(console)] };
}

/** A link to where advice is written; nothing when it is none. */
export function reference(source: Link): Block[] {
  const elements = linkIn(source);
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
}

function plainText(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

/** Characters that the URL parser leaves alone, but Slack would read as the end of the link. */
const BREAKING: Readonly<Record<string, string>> = { '|': '%7C', '<': '%3C', '>': '%3E', '&': '&amp;' };

function linkIn(link: Link | undefined): Markup[] {
  if (link === undefined) return [];
  const href = link.url.replace(/[|<>&]/g, (character) => BREAKING[character] ?? character);
  return href.length > LONGEST_LINK ? [] : [{ type: 'mrkdwn', text: `<${href}|${escaped(link.label)}>` }];
}
