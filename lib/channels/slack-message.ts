import type { EventTask, MigrationEvent, Severity, Standing } from '../migration/event.ts';
import type { Telling } from './channel.ts';
import { duration, oneLine, shown } from './slack-text.ts';

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

/** What is posted to an incoming webhook. */
export interface SlackMessage {
  /** Where blocks are not shown: notifications, screen readers. */
  readonly text: string;
  /** No formatting in `text`: the names in it are data. */
  readonly mrkdwn: false;
  readonly blocks?: readonly Block[];
}

/** Slack's limits in characters (Block Kit reference: header, section). Of the 50 blocks and 10 fields we use few. */
const LIMITS = { header: 150, text: 3000, field: 2000 } as const;
/** How much of one value is shown where many must have room. */
const SHORT = 120;
const LONGEST_LINK = 1500;

export const SYMBOLS: Readonly<Record<Severity, string>> = {
  info: 'ℹ️',
  action: '⚠️',
  success: '✅',
  failure: '❌',
};

/** One event as a message. Everything in it comes from the event: a change is a value. */
export function eventMessage(
  event: MigrationEvent,
  telling: Pick<Telling, 'lateMs'>,
  mention: string | undefined,
): SlackMessage {
  const { severity, summary, detail } = event.data;
  const title = `${SYMBOLS[severity]} ${summary}`;
  const calls = severity === 'failure' && mention !== undefined ? [mention] : [];
  const facts = factsOf(event);
  const footer = footerOf(event, telling);
  const told = [detail].filter(isSaid);
  return {
    text: [
      ...calls,
      shown(title, SHORT * 4),
      ...facts.map(([label, value]) => `${label}: ${shown(value, SHORT * 2)}`),
      ...told.map((line) => shown(line, SHORT * 4)),
      shown(footer, SHORT * 2),
    ].join('\n'),
    mrkdwn: false,
    blocks: [
      header(title),
      ...calls.map((text): Block => ({ type: 'section', text: { type: 'mrkdwn', text } })),
      ...(facts.length === 0 ? [] : [{ type: 'section', fields: facts.map(field) } as const]),
      ...told.map((line): Block => ({ type: 'section', text: plain(line, LIMITS.text) })),
      context(footer, event.data.consoleUrl),
    ],
  };
}

type Fact = readonly [label: string, value: string];

function factsOf({ data: { task, project, channel, from, to, reason } }: MigrationEvent): Fact[] {
  const route = task === undefined ? undefined : routeOf(task);
  const standing = [from, to].filter((known) => known !== undefined).map(standingWords);
  const facts: readonly (readonly [label: string, value: string | undefined])[] = [
    ['Status', standing.length === 0 ? undefined : standing.join(' → ')],
    ['Trouble', reason],
    ['Channel', channel?.name],
    ['Reason', channel?.reason],
    ['Source → target', route],
    ['Project', placeOf(task?.project ?? project?.name, task?.region ?? project?.region)],
    ['Watched tasks', project === undefined ? undefined : String(project.tasks)],
    [
      'Phase before',
      from && to && `${from.phase}, for ${duration(Date.parse(to.since) - Date.parse(from.since))}`,
    ],
  ];
  return facts.flatMap(([label, value]): Fact[] => (isSaid(value) ? [[label, value]] : []));
}

/** Slack refuses texts without a character. */
function isSaid(text: string | undefined): text is string {
  return text !== undefined && oneLine(text) !== '';
}

/** `FULLMIGRATING (full)` */
export function standingWords({ status, phase }: Standing): string {
  return `${status} (${phase})`;
}

/** `old cache (192.168.1.2:6379) → new cache`; nothing when neither end is known. */
export function routeOf({ source, target }: EventTask): string | undefined {
  if (source === undefined && target === undefined) return undefined;
  return [source, target].map((end) => placeOf(end?.name, end?.address) ?? '?').join(' → ');
}

function placeOf(name: string | undefined, address: string | undefined): string | undefined {
  if (name === undefined) return address;
  return address === undefined ? name : `${name} (${address})`;
}

/** What tells events apart, and how late this is told. */
function footerOf(event: MigrationEvent, { lateMs }: Pick<Telling, 'lateMs'>): string {
  return [
    `${event.data.task === undefined ? 'project' : 'task'} ${event.subject}`,
    `event ${Number(event.sequence)}`,
    ...timeWords(event.time, lateMs),
  ].join(' · ');
}

/** `2026-01-05 02:12 UTC`, and `delayed by 2 h 5 min` if it is. */
export function timeWords(time: string, lateMs: number | undefined): string[] {
  const moment = `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
  return lateMs === undefined ? [moment] : [moment, `delayed by ${duration(lateMs)}`];
}

/** @param text cut to what a header may hold */
export function header(text: string): Block {
  return { type: 'header', text: plain(text, LIMITS.header) };
}

/** The last line of a message, with a link for people if there is one. */
export function context(text: string, consoleUrl: string): Block {
  const link = linkTo(consoleUrl);
  const elements = [plain(text, LIMITS.field), ...(link === undefined ? [] : [link])];
  return { type: 'context', elements };
}

function plain(text: string, max: number): PlainText {
  return escaped(shown(text, max));
}

/** @param text that is escaped already and within the limits */
export function escaped(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

/** A label, which is ours, above a value. */
function field([label, value]: Fact): PlainText {
  const room = Math.min(LIMITS.field, SHORT * 4) - label.length - 1;
  return escaped(`${label}\n${shown(value, room)}`);
}

/** What the URL parser leaves alone, but Slack would read as the end of the link. */
const BREAKING: Readonly<Record<string, string>> = { '|': '%7C', '<': '%3C', '>': '%3E', '&': '&amp;' };

function linkTo(consoleUrl: string): Markup | undefined {
  const url = URL.parse(oneLine(consoleUrl));
  if (url?.protocol !== 'https:') return undefined;
  const href = url.href.replace(/[|<>&]/g, (character) => BREAKING[character] ?? character);
  return href.length > LONGEST_LINK ? undefined : { type: 'mrkdwn', text: `<${href}|console>` };
}
