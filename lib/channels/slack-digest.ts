import type { MigrationEvent } from '../migration/event.ts';
import type { Severity } from '../migration/status.ts';
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

type Events = readonly [MigrationEvent, ...MigrationEvent[]];

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
  const isFirstSight = events.every(({ type }) => type === 'dcs.migration.first_seen');
  const title = isFirstSight ? `${SYMBOLS.info} ${events.length} tasks are now watched` : titleOf(events);
  const calls =
    events.some(({ data }) => data.severity === 'failure') && mention !== undefined ? [mention] : [];
  const [first] = events;
  const listed = withinLimits(events.map(isFirstSight ? lineOf : changeLineOf));
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
    blocks: [
      header(title),
      ...calls.map((text): Block => ({ type: 'section', text: { type: 'mrkdwn', text } })),
      ...texts.map((text): Block => ({ type: 'section', text: escaped(text) })),
      context(footer, first.data.consoleUrl),
    ],
  };
}

const GRAVEST: readonly Severity[] = ['failure', 'action', 'success', 'info'];

function titleOf(events: Events): string {
  const symbol =
    SYMBOLS[GRAVEST.find((level) => events.some(({ data }) => data.severity === level)) ?? 'info'];
  const subjects = new Set(events.map(({ subject }) => subject)).size;
  if (subjects > 1) return `${symbol} ${events.length} events of ${subjects} tasks`;
  const { data, subject } = events.at(-1) ?? events[0];
  return `${symbol} ${data.task?.name ?? subject}: ${events.length} events`;
}

/** `02:12 UTC  ·  orders-cache: full synchronisation started` */
function changeLineOf({ time, data: { severity, summary } }: MigrationEvent): string {
  return `${SYMBOLS[severity]} ${time.slice(11, 16)} UTC  ·  ${shown(summary, LONGEST.route)}`;
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
