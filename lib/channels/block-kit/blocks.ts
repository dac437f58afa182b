import type { Link, Message } from '../../messages/message.ts';
import { escaped, shown } from './text.ts';

/** Data is only ever put into `plain_text`, which knows no markup. `emoji: false` leaves `:words:` as they are. */
interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** Only for what we write ourselves: mentions of the configuration, links, and moments. */
interface Markup {
  readonly type: 'mrkdwn';
  readonly text: string;
}

/** A text that knows no markup either: its style stands beside it. */
export interface RichText {
  readonly type: 'text';
  readonly text: string;
  readonly style?: { readonly bold: true };
}

/** A moment that Slack shows in the reader's own time zone. */
interface RichDate {
  readonly type: 'date';
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly format: string;
  readonly fallback: string;
}

interface RichSection {
  readonly type: 'rich_text_section';
  readonly elements: readonly (RichText | RichDate)[];
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText | Markup }
  | { readonly type: 'rich_text'; readonly elements: readonly [RichSection] }
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

/** Slack's limits in characters (Block Kit reference: header, section, context). */
export const LIMITS = { header: 150, text: 3000, footer: 2000 } as const;
/** Facts of one block: where a message is too long, whole blocks are left out. */
const FACTS = 10;
/** Characters of one value where many must have room. */
export const SHORT = 120;
const LONGEST_LINK = 1500;

/** @param text cut to what a header may hold */
export function header(text: string): Block {
  return { type: 'header', text: plainText(shown(text, LIMITS.header)) };
}

/** Facts one below the other, in as many blocks as they need: labels, which are ours, in bold; values as they are. */
export function factBlocks({ facts, title, moment }: Message): Block[] {
  const starts = facts.flatMap((_fact, index) => (index % FACTS === 0 ? [index] : []));
  return starts.map((start) => {
    const some = facts.slice(start, start + FACTS);
    return richText(
      some.flatMap(([label, value, at], index) => [
        ...(index === 0 ? [] : [text(LINE_END)]),
        bold(label),
        text(`${title.colon}${shown(value, SHORT * 4 - label.length - 1)}`),
        ...readersTime(at, moment),
      ]),
    );
  });
}

const LINE_END = '\n';

/** A heading in bold, and the lines below it. All are escaped already and within the limits. */
export function paragraph(heading: string | undefined, lines: readonly string[]): Block {
  if (heading === undefined) return section(lines.join(LINE_END));
  return richText([
    bold(heading),
    ...(lines.length === 0 ? [] : [text(`${LINE_END}${lines.join(LINE_END)}`)]),
  ]);
}

function richText(elements: RichSection['elements']): Block {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

function bold(label: string): RichText {
  return { type: 'text', text: label, style: { bold: true } };
}

function text(words: string): RichText {
  return { type: 'text', text: words };
}

/** @param words that are escaped already and within the limits */
export function section(words: string): Block {
  return { type: 'section', text: plainText(words) };
}

/** The people to call, as the configuration names them. */
export function mentionBlock(mention: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: mention } };
}

/** The last line of a message, with the reader's own time and a link for people if there is one. */
export function context({ footer, moment, console }: Message): Block {
  const words = shown(footer.join(' · '), LIMITS.footer);
  return { type: 'context', elements: [plainText(words), ...dateIn(moment), ...linkIn(console)] };
}

/** A link to where advice is written; nothing when it is none. */
export function reference(source: Link): Block[] {
  const elements = linkIn(source);
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
}

function plainText(words: string): PlainText {
  return { type: 'plain_text', text: words, emoji: false };
}

/** Slack's tokens ("Formatting message text", date formatting): the day as people call it, and the time of day. */
const READERS_TIME = '{date_short_pretty} {time}';
/** Moments outside of these years are none that anybody acts on. */
const EARLIEST = Date.UTC(2000);
const LATEST = Date.UTC(2100);

/** A moment as Slack wants it; nothing for a text that is none. */
function momentOf(at: string | undefined): { readonly seconds: number; readonly iso: string } | undefined {
  const time = Date.parse(at ?? '');
  if (!(time >= EARLIEST && time < LATEST)) return undefined;
  return { seconds: Math.floor(time / 1000), iso: new Date(time).toISOString() };
}

/** The moment of a fact once more, in the reader's own time. */
function readersTime(at: string | undefined, words: Message['moment']): RichDate[] {
  const moment = momentOf(at);
  if (moment === undefined || words === undefined) return [];
  const { seconds: timestamp, iso: fallback } = moment;
  return [
    {
      type: 'date',
      timestamp,
      format: ` (${words.readersTime} ${READERS_TIME})`,
      fallback: ` (${fallback})`,
    },
  ];
}

function dateIn(words: Message['moment']): Markup[] {
  const moment = momentOf(words?.at);
  if (moment === undefined || words === undefined) return [];
  const { seconds, iso } = moment;
  return [{ type: 'mrkdwn', text: `<!date^${seconds}^${words.readersTime} ${READERS_TIME}|${iso}>` }];
}

/** Characters that the URL parser leaves alone, but Slack would read as the end of the link. */
const BREAKING: Readonly<Record<string, string>> = { '|': '%7C', '<': '%3C', '>': '%3E', '&': '&amp;' };

function linkIn(link: Link | undefined): Markup[] {
  if (link === undefined) return [];
  const href = link.url.replace(/[|<>&]/g, (character) => BREAKING[character] ?? character);
  return href.length > LONGEST_LINK ? [] : [{ type: 'mrkdwn', text: `<${href}|${escaped(link.label)}>` }];
}
