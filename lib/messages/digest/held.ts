import type { MigrationEvent } from '../../events/event.ts';
import type { HeldBy } from '../../language/language.ts';
import type { Composition, Events } from '../message.ts';
import { rankOf } from '../severity.ts';
import { lineMaker, MOST_LINES } from './lines.ts';
import { type NewsAndPast, newsAndPast } from './news.ts';

/** The lines of a digest. */
export interface Listed {
  readonly listed: readonly string[];
  /** Events that have no line. */
  readonly unlisted: number;
}

/** The events that still hold when they are sent, and the others: all hold where quiet hours held nothing. */
export function partsOf(events: Events, { held = false, over }: Composition): NewsAndPast {
  return held ? newsAndPast(events, over) : { news: events, past: [] };
}

/** Why some of a message was sent later; nothing when it was sent at once. */
export function heldBy({ held = false, muted = false }: Composition): HeldBy | undefined {
  if (!held) return undefined;
  return muted ? 'mute' : 'quiet hours';
}

/** Nobody is called for what is over when it is sent. */
export function isAnybodyCalled({ news }: NewsAndPast, { isCalledFor }: Composition): boolean {
  return isCalledFor?.(news) ?? false;
}

/** Events that one message lists, and those of them that are over. */
export interface Listing {
  readonly events: readonly MigrationEvent[];
  readonly parts: NewsAndPast;
  /** Before their lines, if any. */
  readonly heading?: string | undefined;
  /** The heading says that all of them are over. */
  readonly isOver?: boolean;
  readonly composition: Composition;
}

/** Events that hold, the gravest first; then those that are over, without a mark that would look like the present. */
export function listHeld(left: number, listing: Listing): Listed {
  const { events, parts, isOver = false, composition } = listing;
  const { news, past } = parts;
  const { room, language } = composition;
  const lineOf = lineMaker(events, composition);
  const heading = isOver ? [] : [language.digests.overByNow];
  const all = [
    ...news.toSorted((a, b) => rankOf(a) - rankOf(b)).map((event) => lineOf(event)),
    ...past.map((event) => lineOf(event, true)),
  ];
  let size = past.length === 0 ? 0 : room.measure(heading.map((line) => `${line}\n`).join(''));
  const lines = all.slice(0, MOST_LINES).map((line) => {
    size += room.measure(`${line}\n`);
    return size <= left ? [line] : [];
  });
  const [now, before] = [lines.slice(0, news.length).flat(), lines.slice(news.length).flat()];
  const listed = before.length === 0 ? now : [...now, ...heading, ...before];
  return { listed, unlisted: news.length + past.length - now.length - before.length };
}
