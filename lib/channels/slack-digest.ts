import type { MigrationEvent } from '../migration/event.ts';
import type { Telling } from './channel.ts';
import {
  type Block,
  context,
  escaped,
  header,
  routeOf,
  type SlackMessage,
  SYMBOLS,
  standingWords,
  timeWords,
} from './slack-message.ts';
import { shown } from './slack-text.ts';

/** More lines than this nobody reads; the rest is counted. */
const MOST_LINES = 100;
/** Characters of all lines together; Slack refuses messages that are far longer (`msg_too_long`). */
const MOST_CHARACTERS = 30_000;
/** A line never takes up more than this, so that all of them stay far below Slack's limits. */
const LONGEST = { name: 80, status: 90, route: 250 } as const;
const MOST_COUNTS = 20;
/** Characters of a section. Slack takes 3000; the first one must also have room in the fallback text. */
const SECTION = 2500;

/**
 * Everything that was first seen in one tick as one message, so that whoever sets the tool up sees at once that it
 * works: each task with its status and where it migrates from and to. What finds no room is counted.
 */
export function firstSightMessage(
  events: readonly [MigrationEvent, ...MigrationEvent[]],
  { lateMs }: Pick<Telling, 'lateMs'>,
): SlackMessage {
  const [first] = events;
  const title = `${SYMBOLS.info} ${events.length} tasks are now watched`;
  const listed = withinLimits(events.map(lineOf));
  const left = events.length - listed.length;
  const lines = left === 0 ? listed : [...listed, `and ${left} more`, countsOf(events)];
  const texts = chunks(lines);
  const footer = timeWords(first.time, lateMs).join(' · ');
  return {
    text: [
      `${title}: ${countsOf(events)}`,
      ...texts.slice(0, 1),
      ...(texts.length > 1 ? ['…'] : []),
      shown(footer, LONGEST.route),
    ].join('\n'),
    mrkdwn: false,
    blocks: [
      header(title),
      ...texts.map((text): Block => ({ type: 'section', text: escaped(text) })),
      context(footer, first.data.consoleUrl),
    ],
  };
}

function withinLimits(lines: readonly string[]): string[] {
  let characters = 0;
  return lines.slice(0, MOST_LINES).filter((line) => {
    characters += line.length + 1;
    return characters <= MOST_CHARACTERS;
  });
}

function lineOf({ subject, data: { task, to } }: MigrationEvent): string {
  const parts = [
    shown(task?.name ?? '', LONGEST.name) || subject,
    to === undefined ? '' : shown(standingWords(to), LONGEST.status),
    shown((task && routeOf(task)) ?? '', LONGEST.route),
  ];
  return parts.filter((part) => part !== '').join('  ·  ');
}

/** `incremental 100, full 23`, the most frequent first. */
function countsOf(events: readonly MigrationEvent[]): string {
  const groups = Map.groupBy(events, ({ data: { to } }) => to?.phase ?? 'unknown');
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_COUNTS)
    .map(([phase, { length }]) => `${phase} ${length}`)
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
