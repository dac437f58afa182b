import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import { wordFor } from '../language/language.ts';
import { routeOf } from './facts.ts';
import { timeWords } from './footer.ts';
import { cut } from './format.ts';
import { linkTo } from './link.ts';
import type { Composition, Events, List, Message, Title } from './message.ts';
import { newsAndPast } from './news.ts';
import {
  type Badge,
  badgeOfAll,
  CALM,
  drillMark,
  gravestOf,
  markOf,
  rankOf,
  reminderMark,
} from './severity.ts';
import { sentenceWithin, titleOf } from './title.ts';

/** More lines than this nobody reads, except for newly watched tasks: each of them is to be found there. */
const MOST_LINES = 100;
/** The longest parts of a line, so that no line takes up more than a small part of a message. */
const LONGEST = { name: 80, short: 50, status: 90, route: 250, merged: 600 } as const;
const MOST_COUNTS = 12;

/**
 * Several events as one message: each in a line, as many as have room; the rest is counted. Tasks that are seen for the
 * first time show that the tool works: each with its status, and from where to where it migrates. Any other digest is written
 * instead of a storm, in order; after quiet hours the gravest come first, and what is over by then last.
 */
export function composeDigest(events: Events, composition: Composition): Message {
  const { language, lateMs, mentions = false } = composition;
  const [first] = events;
  const { news } = partsOf(events, composition);
  const frame: Message = defined({
    severity: gravestIn(news)?.data.severity ?? 'info',
    colour: badgeOfNews(news).colour,
    title: digestTitle(events, news, composition),
    mentions,
    facts: [],
    sections: [],
    footer: timeWords(first.time, lateMs, language),
    moment: { at: first.time, readersTime: language.footer.readersTime },
    console: linkTo(first.data.consoleUrl, language.links.console),
  });
  return { ...frame, list: listOf(events, frame, composition) };
}

/** The events that still hold when they are told, and the others. */
interface Parts {
  readonly news: readonly MigrationEvent[];
  readonly past: readonly MigrationEvent[];
}

function partsOf(events: Events, { held = false }: Composition): Parts {
  return held && !areFirstSights(events) ? newsAndPast(events) : { news: events, past: [] };
}

function gravestIn([first, ...others]: readonly MigrationEvent[]): MigrationEvent | undefined {
  return first && gravestOf([first, ...others]);
}

function badgeOfNews(news: readonly MigrationEvent[]): Badge {
  const gravest = gravestIn(news);
  return gravest === undefined ? CALM : badgeOfAll(news, gravest);
}

function digestTitle(
  events: Events,
  news: readonly MigrationEvent[],
  { language, merged, reminder = false, held = false }: Composition,
): Title {
  const drill = drillMark(events, language);
  if (reminder) {
    const text = language.digests.waiting(events.length);
    return { mark: `${drill}${reminderMark(language)}`, colon: language.colon, text };
  }
  const { symbol } = badgeOfNews(news);
  const sentence = sentenceAbout(events, merged, language.digests);
  const text = held ? language.digests.inQuietHours(sentence) : sentence;
  return { mark: `${drill}${symbol} `, colon: language.colon, text };
}

function sentenceAbout(
  events: Events,
  merged: Merged | undefined,
  digests: Composition['language']['digests'],
): string {
  const subjects = new Set(events.map(({ source, subject }) => `${source} ${subject}`)).size;
  if (areFirstSights(events)) return digests.nowWatched(subjects, events.length - subjects);
  const count = events.length + (merged?.events ?? 0);
  const areTasks = events.every(({ data }) => data.task !== undefined);
  if (subjects > 1) return digests.eventsOfMany(count, subjects, areTasks);
  const { data, subject } = events.at(-1) ?? events[0];
  const { name = subject } = data.task ?? data.group ?? data.project ?? {};
  return digests.eventsOfOne(name, count);
}

function listOf(events: Events, frame: Message, composition: Composition): List {
  const { language, merged, room } = composition;
  const before = merged === undefined ? [] : [mergedLine(merged, composition)];
  const left = room.most - room.frame(frame) - room.measure(before.join('\n'));
  const counts = countsOf(events, composition);
  const { listed, unlisted } = composition.held
    ? listedByNews(left, events, composition)
    : listedInOrder(left, events, composition);
  const rest = unlisted === 0 ? [] : [language.sections.more(unlisted), counts];
  return { lines: [...before, ...listed, ...rest], counts };
}

interface Listed {
  readonly listed: readonly string[];
  /** Events that have no line. */
  readonly unlisted: number;
}

function listedInOrder(left: number, events: Events, composition: Composition): Listed {
  const listed = listedWithin(left, events, composition);
  return { listed, unlisted: events.length - listed.length };
}

/** What holds, the gravest first; then, without a mark that would be taken for the present, what is over. */
function listedByNews(left: number, events: Events, composition: Composition): Listed {
  const { news, past } = partsOf(events, composition);
  if (areFirstSights(events)) return listedInOrder(left, events, composition);
  const { room, language } = composition;
  const lineOf = lineMaker(events, composition);
  const heading = language.digests.overByNow;
  const all = [
    ...news.toSorted((a, b) => rankOf(a) - rankOf(b)).map((event) => ({ line: lineOf(event) })),
    ...past.map((event) => ({ line: lineOf(event, true) })),
  ];
  let size = past.length === 0 ? 0 : room.measure(`${heading}\n`);
  const lines = all.slice(0, MOST_LINES).map(({ line }) => {
    size += room.measure(`${line}\n`);
    return size <= left ? [line] : [];
  });
  const [now, before] = [lines.slice(0, news.length).flat(), lines.slice(news.length).flat()];
  const listed = before.length === 0 ? now : [...now, heading, ...before];
  return { listed, unlisted: news.length + past.length - now.length - before.length };
}

/** `besides, 61 more events (2026-01-05 02:12 UTC to 2026-01-05 02:21 UTC, from FULLMIGRATING to …): full 31, …` */
function mergedLine(merged: Merged, { language, room }: Composition): string {
  return cut(language.digests.merged(merged, MOST_COUNTS), LONGEST.merged, room.lengthOf);
}

function isFirstSight({ type }: MigrationEvent): boolean {
  return type === 'dcs.migration.first_seen';
}

/** Several tasks are seen for the first time, whatever else those looks detected; nothing happened since. */
function areFirstSights(events: Events): boolean {
  const lookOf = ({ source, subject, time }: MigrationEvent) => `${source} ${subject} ${time}`;
  const sights = new Set(events.filter(isFirstSight).map(lookOf));
  return sights.size > 1 && events.every((event) => sights.has(lookOf(event)));
}

/** As many lines as have room, in the order of the events. When not all have, the least grave are left out. */
function listedWithin(left: number, events: Events, composition: Composition): string[] {
  const { room } = composition;
  const isSights = areFirstSights(events);
  const lineOf = lineMaker(events, composition);
  const full = events.map((event) => lineOf(event));
  const isShort = isSights && room.measure(full.join('\n')) > left;
  let size = 0;
  return events
    .map((event, place) => ({
      event,
      place,
      line: isShort ? shortLine(event, composition) : (full[place] ?? ''),
    }))
    .sort((a, b) => rankOf(a.event) - rankOf(b.event))
    .slice(0, isSights ? events.length : MOST_LINES)
    .filter(({ line }) => {
      size += room.measure(`${line}\n`);
      return size <= left;
    })
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

/** A first sight where many tasks must have room: `orders-cache  ·  full`. */
function shortLine({ subject, data: { task, to } }: MigrationEvent, { language, room }: Composition): string {
  const name = cut(task?.name ?? '', LONGEST.short, room.lengthOf) || subject;
  return to === undefined ? name : `${name}  ·  ${wordFor(language.phases, to.phase)}`;
}

function lineMaker(
  events: Events,
  composition: Composition,
): (event: MigrationEvent, isPast?: boolean) => string {
  const { digests, figures } = composition.language;
  const days = new Set(events.map(({ time }) => figures.day(time))).size;
  const isSights = areFirstSights(events);
  return (event, isPast = false) => {
    if (isSights && isFirstSight(event)) return sightLine(event, composition);
    const time = days > 1 ? figures.moment(event.time) : digests.timeOfDay(event.time);
    return isPast ? pastLine(event, time, composition) : changeLine(event, time, composition);
  };
}

/** `🟢 READY · 02:12 UTC  ·  orders-cache: ready for the cut-over` */
function changeLine(event: MigrationEvent, time: string, composition: Composition): string {
  const { language, room } = composition;
  const valid = validity(event, composition).map((words) => cut(words, LONGEST.status, room.lengthOf));
  const sentence = sentenceIn(event, composition);
  return [`${markOf(event, language)}${time}`, sentence, ...valid].join('  ·  ');
}

/** `02:12 UTC  ·  orders-cache: ready for the cut-over`: of what is over, nobody is to think that it holds. */
function pastLine(event: MigrationEvent, time: string, composition: Composition): string {
  return `${time}  ·  ${sentenceIn(event, composition)}`;
}

function sentenceIn(event: MigrationEvent, { language, room: { lengthOf } }: Composition): string {
  const sentence = sentenceWithin(titleOf(event, language), LONGEST.route, lengthOf);
  return cut(sentence, LONGEST.route, lengthOf);
}

/** A line that comes too late to act on says so. */
function validity({ data: { validUntil } }: MigrationEvent, { language, now }: Composition): string[] {
  if (validUntil === undefined) return [];
  const isOver = now.getTime() >= Date.parse(validUntil);
  return [isOver ? language.values.validityOver(validUntil) : language.digests.validUntil(validUntil)];
}

/** `orders-cache  ·  FULLMIGRATING (full)  ·  orders-old → orders-new` */
function sightLine(
  { subject, data: { task, to } }: MigrationEvent,
  { language, room: { lengthOf } }: Composition,
): string {
  const parts = [
    cut(task?.name ?? '', LONGEST.name, lengthOf) || subject,
    to === undefined ? '' : cut(language.values.standing(to), LONGEST.status, lengthOf),
    cut((task && routeOf(task)) ?? '', LONGEST.route, lengthOf),
  ];
  return parts.filter((part) => part !== '').join('  ·  ');
}

/** `incremental 100, full 23, progress 2`: phases that tasks came to, and other events; the most frequent first. */
function countsOf(events: readonly MigrationEvent[], { language }: Composition): string {
  const kindOf = ({ type, data: { to } }: MigrationEvent) => to?.phase ?? type;
  const counts = [...Map.groupBy(events, kindOf)]
    .map(([kind, { length }]) => [kind, length] as const)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_COUNTS);
  return language.digests.counts(counts);
}
