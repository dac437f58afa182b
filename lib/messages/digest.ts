import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import { areFirstSights, lineMaker, MOST_COUNTS, MOST_LINES, mergedLine, shortLine } from './digest-lines.ts';
import { timeWords } from './footer.ts';
import { isAnybodyCalled, type Listed, listHeld, partsOf } from './held.ts';
import { linkTo } from './link.ts';
import type { Composition, Events, List, Message, Title } from './message.ts';
import type { NewsAndPast } from './news.ts';
import { type Badge, badgeOfAll, CALM, drillMark, gravestOf, rankOf, reminderMark } from './severity.ts';

/**
 * Several events as one message: each in a line, as many as have room; the rest is counted. Tasks that are seen for the
 * first time show that the tool works: each with its status, and from where to where it migrates. Any other digest is written
 * instead of a storm, in order; after quiet hours the gravest come first, and what is over by then last.
 */
export function composeDigest(events: Events, composition: Composition): Message {
  const { language, lateMs } = composition;
  const [first] = events;
  const parts = partsOf(events, composition);
  const news = areFirstSights(events) ? events : parts.news;
  const frame: Message = defined({
    severity: gravestIn(news)?.data.severity ?? 'info',
    colour: badgeOfNews(news).colour,
    title: digestTitle(events, news, composition),
    mentions: isAnybodyCalled(parts, composition),
    facts: [],
    sections: [],
    footer: timeWords(first.time, lateMs, language),
    moment: { at: first.time, readersTime: language.footer.readersTime },
    console: linkTo(first.data.consoleUrl, language.links.console),
  });
  return { ...frame, list: listOf({ events, parts, frame, composition }) };
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
  { language, merged, reminder = false, held = false, muted = false }: Composition,
): Title {
  const drill = drillMark(events, language);
  if (reminder) {
    const text = language.digests.waiting(events.length);
    return { mark: `${drill}${reminderMark(language)}`, colon: language.colon, text };
  }
  const { symbol } = badgeOfNews(news);
  const sentence = sentenceAbout(events, merged, language.digests);
  const { inQuietHours, whileMuted } = language.digests;
  const heldText = muted ? whileMuted(sentence) : inQuietHours(sentence);
  return { mark: `${drill}${symbol} `, colon: language.colon, text: held ? heldText : sentence };
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

interface Digest {
  readonly events: Events;
  readonly parts: NewsAndPast;
  readonly frame: Message;
  readonly composition: Composition;
}

function listOf({ events, parts, frame, composition }: Digest): List {
  const { language, merged, room } = composition;
  const before = merged === undefined ? [] : [mergedLine(merged, composition)];
  const left = room.most - room.frame(frame) - room.measure(before.join('\n'));
  const counts = countsOf(events, composition);
  const isByNews = composition.held === true && !areFirstSights(events);
  const { listed, unlisted } = isByNews
    ? listHeld(left, parts, events, composition)
    : listInOrder(left, events, composition);
  const rest = unlisted === 0 ? [] : [language.sections.more(unlisted), counts];
  return { lines: [...before, ...listed, ...rest], counts };
}

function listInOrder(left: number, events: Events, composition: Composition): Listed {
  const listed = listedWithin(left, events, composition);
  return { listed, unlisted: events.length - listed.length };
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

/** `incremental 100, full 23, progress 2`: phases that tasks came to, and other events; the most frequent first. */
function countsOf(events: readonly MigrationEvent[], { language }: Composition): string {
  const kindOf = ({ type, data: { to } }: MigrationEvent) => to?.phase ?? type;
  const counts = [...Map.groupBy(events, kindOf)]
    .map(([kind, { length }]) => [kind, length] as const)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_COUNTS);
  return language.digests.counts(counts);
}
