import type { MigrationEvent } from '../../events/event.ts';
import type { Merged } from '../../events/merged.ts';
import { type EventCounts, wordFor } from '../../language/language.ts';
import { cut } from '../format.ts';
import type { Composition } from '../message.ts';
import { routeOf } from '../parts/facts.ts';
import { sentenceWithin, titleOf } from '../parts/title.ts';
import { markOf } from '../severity.ts';
import { newsAndPast } from './news.ts';

/** More lines than this nobody reads, except for newly watched tasks: each of them is to be found there. */
export const MOST_LINES = 100;
/** The most kinds of events that are counted. */
export const MOST_COUNTS = 12;
/** The longest parts of a line, so that no line takes up more than a small part of a message. */
const LONGEST = { name: 80, short: 50, status: 90, route: 250, merged: 600, advice: 400 } as const;

function isFirstSeen({ type }: MigrationEvent): boolean {
  return type === 'dcs.migration.first_seen';
}

/** Several tasks are seen for the first time, whatever else those looks detected; nothing happened since. */
export function areAllFirstSeen(events: readonly MigrationEvent[]): boolean {
  const lookOf = ({ source, subject, time }: MigrationEvent) => `${source} ${subject} ${time}`;
  const firstLooks = new Set(events.filter(isFirstSeen).map(lookOf));
  return firstLooks.size > 1 && events.every((event) => firstLooks.has(lookOf(event)));
}

export function countedIn(events: readonly MigrationEvent[]): EventCounts {
  const subjects = new Set(events.map(({ source, subject }) => `${source} ${subject}`)).size;
  const areTasks = events.every(({ data }) => data.task !== undefined);
  return { events: events.length, subjects, areTasks };
}

/** Writes an event as a line; a failure has what to do about it in a second one. */
export function lineMaker(
  events: readonly MigrationEvent[],
  composition: Composition,
): (event: MigrationEvent, isPast?: boolean) => string {
  const { digests, figures } = composition.language;
  const advised = adviceBelow(events, composition);
  const days = new Set(events.map(({ time }) => figures.day(time))).size;
  const isFirstSeenOnly = areAllFirstSeen(events);
  return (event, isPast = false) => {
    if (isFirstSeenOnly && isFirstSeen(event)) return firstSeenLine(event, composition);
    const time = days > 1 ? figures.moment(event.time) : digests.timeOfDay(event.time);
    if (isPast) return pastLine(event, time, composition);
    const advice = advised.get(event);
    return [changeLine(event, time, composition), ...(advice === undefined ? [] : [advice])].join('\n');
  };
}

/** Advice on the failures that still hold: once for each cause, below the first of them. A reminder said it before. */
function adviceBelow(
  events: readonly MigrationEvent[],
  { language, room, over, reminder = false }: Composition,
): ReadonlyMap<MigrationEvent, string> {
  const lines = new Map<MigrationEvent, string>();
  const causes = new Set<string>();
  for (const event of reminder ? [] : newsAndPast(events, over).news) {
    const { severity, dossier: { advice } = {} } = event.data;
    if (severity !== 'failure' || advice === undefined || causes.has(advice.cause)) continue;
    causes.add(advice.cause);
    const words = `${language.sections.whatToDo(advice.cause)}${language.colon}${advice.text}`;
    lines.set(event, cut(words, LONGEST.advice, room.lengthOf));
  }
  return lines;
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
  const { validityOver, validUntil: words } = language.digests;
  return [isOver ? validityOver(validUntil) : words(validUntil)];
}

/** `orders-cache  ·  FULLMIGRATING (full)  ·  orders-old → orders-new` */
function firstSeenLine(
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

/** A first sight where many tasks must have room: `orders-cache  ·  full`. */
export function shortLine(
  { subject, data: { task, to } }: MigrationEvent,
  { language, room }: Composition,
): string {
  const name = cut(task?.name ?? '', LONGEST.short, room.lengthOf) || subject;
  return to === undefined ? name : `${name}  ·  ${wordFor(language.phases, to.phase)}`;
}

/** `besides, 61 more events (2026-01-05 02:12 UTC to 2026-01-05 02:21 UTC, from FULLMIGRATING to …): full 31, …` */
export function mergedLine(merged: Merged, { language, room }: Composition): string {
  return cut(language.digests.merged(merged, MOST_COUNTS), LONGEST.merged, room.lengthOf);
}
