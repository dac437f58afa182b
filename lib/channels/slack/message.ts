import type { MigrationEvent } from '../../events/event.ts';
import type { Severity } from '../../events/phase.ts';
import type { Telling } from '../channel.ts';
import {
  type Block,
  call,
  context,
  type Fact,
  factBlocks,
  header,
  LIMITS,
  reference,
  SHORT,
  type SlackMessage,
  section,
} from './blocks.ts';
import { factsOf } from './facts.ts';
import { drillMark, lookOf, markOf } from './look.ts';
import { type Paragraph, paragraphsOf } from './sections.ts';
import { sized } from './size.ts';
import { duration, moment, shown, withinRoom } from './text.ts';
import { summaryWithin, wordsOf } from './title.ts';

/** What stands before words that were told before, and are still so. */
export const REMINDER = '🔔 STILL · ';

/** At least one event. */
export type Events = readonly [MigrationEvent, ...MigrationEvent[]];

const GRAVEST: readonly Severity[] = ['failure', 'action', 'success', 'info'];

/** The event that matters most; among equals the last, for it knows most. */
export function gravestOf(events: Events): MigrationEvent {
  const [first] = events;
  return events.reduce((gravest, event) => (rankOf(event) <= rankOf(gravest) ? event : gravest), first);
}

/** 0 for what matters most. */
export function rankOf({ data: { severity } }: MigrationEvent): number {
  return GRAVEST.indexOf(severity);
}

/** With each paragraph two blocks at most, a message stays below Slack's 50 blocks. */
const MOST_PARAGRAPHS = 20;
/** Characters of the fallback text: what Slack shows where it shows no blocks. */
const FALLBACK = 2900;

/**
 * What one look at one task noticed, as one message: the gravest event speaks, the others are lines below it. What any
 * of them says at length (why it failed, how the whole migration went) is told, too. Everything in it comes from the
 * events: a change is a value.
 */
export function eventMessage(
  events: Events,
  telling: Pick<Telling, 'now' | 'lateMs' | 'reminder'>,
  mention: string | undefined,
): SlackMessage {
  const event = gravestOf(events);
  const { summary, consoleUrl } = event.data;
  const mark = `${drillMark(events)}${telling.reminder ? REMINDER : ''}${markOf(event)}`;
  const full = `${mark}${summary}`;
  const title = `${mark}${summaryWithin(event, LIMITS.header - mark.length)}`;
  const calls = mention === undefined ? [] : [mention];
  const others = events.filter((other) => other !== event);
  const facts = factsOf(event, telling);
  const paragraphs = [
    ...(others.length === 0 ? [] : [{ lines: others.map(alsoLine) }]),
    ...distinct([event, ...others].flatMap(({ data }) => paragraphsOf(data))),
  ].slice(0, MOST_PARAGRAPHS);
  const footer = footerOf(events, telling);
  return sized({
    text: fallbackOf(
      [...calls, shown(`${mark}${summaryWithin(event, SHORT * 4 - mark.length)}`, SHORT * 4)],
      facts,
      paragraphs,
      shown(footer, SHORT * 2),
    ),
    mrkdwn: false,
    blocks: [header(title), ...calls.map(call)],
    attachments: [
      {
        color: lookOf(event).color,
        blocks: [
          ...(title !== full || isCut(title) ? [section(shown(summary, SHORT * 4))] : []),
          ...factBlocks(facts),
          ...paragraphs.flatMap(paragraphBlocks),
          context(footer, consoleUrl),
        ],
      },
    ],
  });
}

/** Two events of a group show the same tasks. */
function distinct(paragraphs: readonly Paragraph[]): Paragraph[] {
  return [...new Map(paragraphs.map((paragraph) => [linesOf(paragraph).join('\n'), paragraph])).values()];
}

function isCut(title: string): boolean {
  return shown(title, LIMITS.header) !== shown(title, LIMITS.text);
}

/** The name of what all of them are about stands in the header already. */
function alsoLine(event: MigrationEvent): string {
  return `also: ${markOf(event)}${shown(wordsOf(event), SHORT * 3)}`;
}

function paragraphBlocks(paragraph: Paragraph): Block[] {
  const { source } = paragraph;
  return [section(linesOf(paragraph).join('\n')), ...(source === undefined ? [] : reference(source))];
}

/** Within the room of one section. */
function linesOf({ title, lines }: Paragraph): readonly string[] {
  const all = title === undefined ? lines : [title, ...lines];
  const fitting = withinRoom(all, LIMITS.text - 1);
  return fitting.length === all.length ? all : [...fitting, '…'];
}

/** The same without blocks, as much of it as a notification takes. */
function fallbackOf(
  head: readonly string[],
  facts: readonly Fact[],
  paragraphs: readonly Paragraph[],
  footer: string,
): string {
  const body = [
    ...facts.map(([label, value]) => `${label}: ${shown(value, SHORT * 2)}`),
    ...paragraphs.flatMap(linesOf),
  ];
  const fitting = withinRoom(body, FALLBACK - footer.length - head.join('\n').length);
  return [...head, ...fitting, ...(fitting.length < body.length ? ['…'] : []), footer].join('\n');
}

/** What tells events apart, and how late this is told. */
function footerOf(events: Events, { lateMs }: Pick<Telling, 'lateMs'>): string {
  const [{ subject, time, data }] = events;
  const kinds = { task: data.task, group: data.group, project: data.project };
  const kind = Object.entries(kinds).find(([, about]) => about !== undefined)?.[0];
  const numbers = events.map(({ sequence, data: { number } }) => number ?? Number(sequence));
  return [
    // What is about a channel comes from the watcher itself.
    kind === undefined ? subject : `${kind} ${subject}`,
    `${numbers.length === 1 ? 'event' : 'events'} ${numbers.join(', ')}`,
    ...timeWords(time, lateMs),
  ].join(' · ');
}

/** `2026-01-05 02:12 UTC`, and `delayed by 2 h 5 min` if it is. */
export function timeWords(time: string, lateMs: number | undefined): string[] {
  return lateMs === undefined ? [moment(time)] : [moment(time), `delayed by ${duration(lateMs)}`];
}
