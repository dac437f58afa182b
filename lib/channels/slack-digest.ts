import type { MigrationEvent } from '../migration/event.ts';
import type { Telling } from './channel.ts';
import { type Block, call, context, header, type SlackMessage, section } from './slack-blocks.ts';
import { routeOf, standingWords, wordOf } from './slack-facts.ts';
import { lookOfAll, markOf } from './slack-look.ts';
import { type Events, gravestOf, rankOf, timeWords } from './slack-message.ts';
import { summaryWithin } from './slack-summary.ts';
import { moment, shown } from './slack-text.ts';

/** More lines than this nobody reads, but for what is now watched: each task is to be found there. */
const MOST_LINES = 100;
/** Characters of all lines together; Slack refuses messages that are far longer (`msg_too_long`). */
const MOST_CHARACTERS = 30_000;
/** A line never takes up more than this, so that all of them stay far below Slack's limits. */
const LONGEST = { name: 80, status: 90, route: 250 } as const;
const MOST_COUNTS = 12;
/** Characters of a section. Slack takes 3000; the first one must also have room in the fallback text. */
const SECTION = 2300;

/**
 * Several events as one message: each in a line, as many as find room, the rest is counted. What was first seen
 * together shows that the tool works: each task with its status and where it migrates from and to. Anything else is a
 * digest instead of a storm: what happened, in order.
 */
export function digestMessage(
  events: Events,
  { lateMs }: Pick<Telling, 'lateMs'>,
  mention: string | undefined,
): SlackMessage {
  const gravest = gravestOf(events);
  const { symbol, color } = lookOfAll(events, gravest);
  const title = `${symbol} ${titleOf(events)}`;
  const calls = mention === undefined ? [] : [mention];
  const [first] = events;
  const listed = listedOf(events);
  const left = events.length - listed.length;
  const lines = left === 0 ? listed : [...listed, `and ${left} more`, countsOf(events)];
  const texts = chunks(lines);
  const footer = timeWords(first.time, lateMs).join(' · ');
  return {
    text: [
      ...calls,
      `${shown(title, LONGEST.route)}: ${countsOf(events)}`,
      ...texts.slice(0, 1),
      ...(texts.length > 1 ? ['…'] : []),
      shown(footer, LONGEST.route),
    ].join('\n'),
    mrkdwn: false,
    blocks: [header(title), ...calls.map(call)],
    attachments: [
      {
        color,
        blocks: [...texts.map((text): Block => section(text)), context(footer, first.data.consoleUrl)],
      },
    ],
  };
}

function isFirstSight({ type }: MigrationEvent): boolean {
  return type === 'dcs.migration.first_seen';
}

function subjectsOf(events: Events): number {
  return new Set(events.map(({ source, subject }) => `${source} ${subject}`)).size;
}

/** Several tasks are seen for the first time, whatever else those looks noticed; nothing happened since. */
function areSights(events: Events): boolean {
  const lookOf = ({ source, subject, time }: MigrationEvent) => `${source} ${subject} ${time}`;
  const sights = new Set(events.filter(isFirstSight).map(lookOf));
  return sights.size > 1 && events.every((event) => sights.has(lookOf(event)));
}

function titleOf(events: Events): string {
  const subjects = subjectsOf(events);
  const more = events.length - subjects;
  if (areSights(events)) {
    const besides = more === 1 ? ', and 1 more event' : `, and ${more} more events`;
    return `${subjects} tasks are now watched${more === 0 ? '' : besides}`;
  }
  const areTasks = events.every(({ data }) => data.task !== undefined);
  if (subjects > 1)
    return `${events.length} events of ${subjects} ${areTasks ? 'tasks' : 'tasks, groups and projects'}`;
  const { data, subject } = events.at(-1) ?? events[0];
  const { name = subject } = data.task ?? data.group ?? data.project ?? {};
  return `${name}: ${events.length} events`;
}

/** As many lines as have room, in the order of the events. When not all have, what matters least is left out. */
function listedOf(events: Events): string[] {
  const lineOf = lineMaker(events);
  let characters = 0;
  return events
    .map((event, place) => ({ event, place, line: lineOf(event) }))
    .sort((a, b) => rankOf(a.event) - rankOf(b.event))
    .slice(0, areSights(events) ? events.length : MOST_LINES)
    .filter(({ line }) => {
      characters += line.length + 1;
      return characters <= MOST_CHARACTERS;
    })
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

function lineMaker(events: Events): (event: MigrationEvent) => string {
  const days = new Set(events.map(({ time }) => time.slice(0, 10))).size;
  const timeOf = ({ time }: MigrationEvent) => (days > 1 ? moment(time) : `${time.slice(11, 16)} UTC`);
  const showsSights = areSights(events);
  return (event) =>
    showsSights && isFirstSight(event) ? sightLine(event) : changeLine(event, timeOf(event));
}

/** `🟢 READY · 02:12 UTC  ·  orders-cache: ready for the cut-over` */
function changeLine(event: MigrationEvent, time: string): string {
  const { validUntil } = event.data;
  const summary = summaryWithin(event, LONGEST.route);
  const valid = validUntil === undefined ? [] : [shown(`valid until ${moment(validUntil)}`, LONGEST.status)];
  return [`${markOf(event)}${time}`, shown(summary, LONGEST.route), ...valid].join('  ·  ');
}

/** `orders-cache  ·  FULLMIGRATING (full)  ·  orders-old → orders-new` */
function sightLine({ subject, data: { task, to } }: MigrationEvent): string {
  const parts = [
    shown(task?.name ?? '', LONGEST.name) || subject,
    to === undefined ? '' : shown(standingWords(to), LONGEST.status),
    shown((task && routeOf(task)) ?? '', LONGEST.route),
  ];
  return parts.filter((part) => part !== '').join('  ·  ');
}

/** `incremental 100, full 23, progress 2`: where tasks came to, and what else happened; the most frequent first. */
function countsOf(events: readonly MigrationEvent[]): string {
  const groups = Map.groupBy(events, ({ type, data: { to } }) => to?.phase ?? wordOf(type));
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_COUNTS)
    .map(([word, { length }]) => `${word} ${length}`)
    .join(', ');
}

/** Puts lines into as few texts as can hold them. No line is longer than a text may be. */
function chunks(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last === undefined || joined.length > SECTION) texts.push(line);
    else texts[texts.length - 1] = joined;
  }
  return texts;
}
