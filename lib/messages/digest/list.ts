import type { MigrationEvent } from '../../events/event.ts';
import type { Composition, List, Message } from '../message.ts';
import { rankOf } from '../severity.ts';
import { type Listed, type Listing, listHeld } from './held.ts';
import { areAllFirstSeen, lineMaker, MOST_COUNTS, MOST_LINES, mergedLine, shortLine } from './lines.ts';

/**
 * As many events as have room, each in a line; the rest is counted.
 *
 * @param frame the message without its list
 */
export function listOf(frame: Message, listing: Listing): List {
  const { events, heading, composition } = listing;
  const { language, merged, room } = composition;
  const before = [
    ...(heading === undefined ? [] : [heading]),
    ...(merged === undefined ? [] : [mergedLine(merged, composition)]),
  ];
  const left = room.most - room.frame(frame) - room.measure([...wholeOf(frame), ...before].join('\n'));
  const counts = countsOf(events, composition);
  const isByNews = composition.held === true && !areAllFirstSeen(events);
  const { listed, unlisted } = isByNews ? listHeld(left, listing) : listInOrder(left, events, composition);
  const rest = unlisted === 0 ? [] : [language.sections.more(unlisted), counts];
  return { lines: [...before, ...listed.flatMap((line) => line.split('\n')), ...rest], counts };
}

/** The lines of a whole message above a list. */
function wholeOf({ facts, sections, title: { colon } }: Message): string[] {
  return [
    ...facts.map(([label, value]) => `${label}${colon}${value}`),
    ...sections.flatMap(({ heading, lines, source }) => [
      ...(heading === undefined ? [] : [heading]),
      ...lines,
      ...(source === undefined ? [] : [source.url]),
    ]),
  ];
}

function listInOrder(left: number, events: readonly MigrationEvent[], composition: Composition): Listed {
  const listed = listedWithin(left, events, composition);
  return { listed, unlisted: events.length - listed.length };
}

/** As many lines as have room, in the order of the events. When not all have, the least grave are left out. */
function listedWithin(left: number, events: readonly MigrationEvent[], composition: Composition): string[] {
  const { room } = composition;
  const isFirstSeenOnly = areAllFirstSeen(events);
  const lineOf = lineMaker(events, composition);
  const full = events.map((event) => lineOf(event));
  const isShort = isFirstSeenOnly && room.measure(full.join('\n')) > left;
  let size = 0;
  return events
    .map((event, index) => ({
      event,
      index,
      line: isShort ? shortLine(event, composition) : (full[index] ?? ''),
    }))
    .sort((a, b) => rankOf(a.event) - rankOf(b.event))
    .slice(0, isFirstSeenOnly ? events.length : MOST_LINES)
    .filter(({ line }) => {
      size += room.measure(`${line}\n`);
      return size <= left;
    })
    .sort((a, b) => a.index - b.index)
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
