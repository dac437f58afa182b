import type { MigrationEvent } from '../../events/event.ts';
import type { Merged } from '../../events/merged.ts';
import type { Telling } from '../channel.ts';
import { type Block, call, context, header, type SlackMessage, section } from './blocks.ts';
import { routeOf, standingWords, wordOf } from './facts.ts';
import { drillMark, lookOfAll, markOf } from './look.ts';
import { type Events, gravestOf, REMINDER, rankOf, timeWords } from './message.ts';
import { MOST_CHARACTERS, sized, sizeOf, sizeOfText } from './size.ts';
import { moment, shown } from './text.ts';
import { summaryWithin } from './title.ts';

/** More lines than this nobody reads, but for what is now watched: each task is to be found there. */
const MOST_LINES = 100;
/** Characters that are left for the counts, and for what each further section takes up besides its text. */
const RESERVED = 1500;
/** A line never takes up more than this, so that all of them stay far below Slack's limits. */
const LONGEST = { name: 80, short: 50, status: 90, route: 250, merged: 600 } as const;
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
  { lateMs, merged, reminder = false }: Pick<Telling, 'lateMs' | 'merged' | 'reminder'>,
  mention: string | undefined,
): SlackMessage {
  const gravest = gravestOf(events);
  const { symbol, color } = lookOfAll(events, gravest);
  const what = reminder ? reminderTitle(events) : `${symbol} ${titleOf(events, merged)}`;
  const title = `${drillMark(events)}${what}`;
  const calls = mention === undefined ? [] : [mention];
  const [first] = events;
  const footer = timeWords(first.time, lateMs).join(' · ');
  const head = [header(title), ...calls.map(call)];
  const foot = context(footer, first.data.consoleUrl);
  const before = merged === undefined ? [] : [mergedLine(merged)];
  const room = MOST_CHARACTERS - RESERVED - sizeOf([...head, foot]) - sizeOfText(before.join('\n'));
  const listed = listedOf(events, room);
  const left = events.length - listed.length;
  const lines = [...before, ...listed, ...(left === 0 ? [] : [`and ${left} more`, countsOf(events)])];
  const texts = chunks(lines);
  return sized({
    text: [
      ...calls,
      `${shown(title, LONGEST.route)}: ${countsOf(events)}`,
      ...texts.slice(0, 1),
      ...(texts.length > 1 ? ['…'] : []),
      shown(footer, LONGEST.route),
    ].join('\n'),
    mrkdwn: false,
    blocks: head,
    attachments: [{ color, blocks: [...texts.map((text): Block => section(text)), foot] }],
  });
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

function reminderTitle(events: Events): string {
  const count = events.length === 1 ? '1 thing waits' : `${events.length} things wait`;
  return `${REMINDER}${count} for somebody`;
}

function titleOf(events: Events, merged: Merged | undefined): string {
  const subjects = subjectsOf(events);
  const more = events.length - subjects;
  if (areSights(events)) {
    const besides = more === 1 ? ', and 1 more event' : `, and ${more} more events`;
    return `${subjects} tasks are now watched${more === 0 ? '' : besides}`;
  }
  const count = events.length + (merged?.events ?? 0);
  const areTasks = events.every(({ data }) => data.task !== undefined);
  if (subjects > 1)
    return `${count} events of ${subjects} ${areTasks ? 'tasks' : 'tasks, groups and projects'}`;
  const { data, subject } = events.at(-1) ?? events[0];
  const { name = subject } = data.task ?? data.group ?? data.project ?? {};
  return `${name}: ${count} events`;
}

/** `besides, 61 more events (2026-01-05 02:12 UTC to 2026-01-05 02:21 UTC, from FULLMIGRATING to …): full 31, …` */
function mergedLine({ events, since, until, kinds, from, to }: Merged): string {
  const way = from === undefined || to === undefined ? '' : `, from ${from} to ${to}`;
  const counts = Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_COUNTS)
    .map(([kind, times]) => `${wordOf(kind)} ${times}`);
  const what = `besides, ${events} more ${events === 1 ? 'event' : 'events'}`;
  const when = `${moment(since)} to ${moment(until)}`;
  return shown(`${what} (${when}${way}): ${counts.join(', ')}`, LONGEST.merged);
}

/** As many lines as have room, in the order of the events. When not all have, what matters least is left out. */
function listedOf(events: Events, room: number): string[] {
  const maker = lineMaker(events);
  const full = events.map((event) => maker(event));
  const short = areSights(events) && sizeOfText(full.join('\n')) > room;
  let characters = 0;
  return events
    .map((event, place) => ({ event, place, line: short ? shortLine(event) : (full[place] ?? '') }))
    .sort((a, b) => rankOf(a.event) - rankOf(b.event))
    .slice(0, areSights(events) ? events.length : MOST_LINES)
    .filter(({ line }) => {
      characters += sizeOfText(`${line}\n`);
      return characters <= room;
    })
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

/** Where many tasks must have room: `orders-cache  ·  full`. */
function shortLine({ subject, data: { task, to } }: MigrationEvent): string {
  const name = shown(task?.name ?? '', LONGEST.short) || subject;
  return to === undefined ? name : `${name}  ·  ${to.phase}`;
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
