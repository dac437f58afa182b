import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Merged } from '../../events/merged.ts';
import type { Composition, Events, Message, Title } from '../message.ts';
import { timeWords } from '../parts/footer.ts';
import { linkTo } from '../parts/link.ts';
import { type Badge, badgeOfAll, CALM, drillMark, gravestOf, reminderMark } from '../severity.ts';
import { heldBy, isAnybodyCalled, partsOf } from './held.ts';
import { areAllFirstSeen, countedIn } from './lines.ts';
import { listOf } from './list.ts';

/**
 * Several events as one message: each in a line, as many as have room; the rest is counted. Tasks that are seen for the
 * first time show that the tool works: each with its status, and from where to where it migrates. Any other digest is written
 * instead of a storm, in order; after quiet hours the gravest come first, and what is over by then last.
 */
export function composeDigest(events: Events, composition: Composition): Message {
  const { language, lateMs } = composition;
  const [first] = events;
  const parts = partsOf(events, composition);
  const news = areAllFirstSeen(events) ? events : parts.news;
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
  return { ...frame, list: listOf(frame, { events, parts, composition }) };
}

function gravestIn([first, ...others]: readonly MigrationEvent[]): MigrationEvent | undefined {
  return first && gravestOf([first, ...others]);
}

function badgeOfNews(news: readonly MigrationEvent[]): Badge {
  const gravest = gravestIn(news);
  return gravest === undefined ? CALM : badgeOfAll(news, gravest);
}

function digestTitle(events: Events, news: readonly MigrationEvent[], composition: Composition): Title {
  const { language, merged, reminder = false } = composition;
  const drill = drillMark(events, language);
  if (reminder) {
    const text = language.digests.waiting(events.length);
    return { mark: `${drill}${reminderMark(language)}`, colon: language.colon, text };
  }
  const { symbol } = badgeOfNews(news);
  const sentence = sentenceAbout(events, merged, language.digests);
  return { mark: `${drill}${symbol} `, colon: language.colon, text: heldSentence(sentence, composition) };
}

function heldSentence(sentence: string, composition: Composition): string {
  const { inQuietHours, whileMuted } = composition.language.digests;
  switch (heldBy(composition)) {
    case 'quiet hours':
      return inQuietHours(sentence);
    case 'mute':
      return whileMuted(sentence);
    default:
      return sentence;
  }
}

function sentenceAbout(
  events: Events,
  merged: Merged | undefined,
  digests: Composition['language']['digests'],
): string {
  const { subjects, areTasks } = countedIn(events);
  if (areAllFirstSeen(events)) return digests.nowWatched(subjects, events.length - subjects);
  const count = events.length + (merged?.events ?? 0);
  if (subjects > 1) return digests.eventsOfMany(count, subjects, areTasks);
  const { data, subject } = events.at(-1) ?? events[0];
  const { name = subject } = data.task ?? data.group ?? data.project ?? {};
  return digests.eventsOfOne(name, count);
}
