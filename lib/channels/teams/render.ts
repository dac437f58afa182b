import { defined } from '../../base/defined.ts';
import { cut, isSaid } from '../../messages/format.ts';
import type { Link, Message, Room, Section } from '../../messages/message.ts';
import { headlineWithin } from '../chat/layout.ts';
import { bytesOf } from '../chat/measure.ts';
import type { OpenUrl, TeamsMessage } from './card.ts';
import { button, type Card, calls, type Element, fact, footer, heading, headline, line } from './card.ts';
import { entitiesOf } from './mention.ts';

/**
 * Teams refuses messages of 28 KB as it counts them, after wrapping: a request of 24,453 bytes was counted as 28,897
 * (measured). Bytes of a request.
 */
const MOST_BYTES = 19_000;
/** As much of a message that was refused, perhaps for its size. */
const MOST_PLAIN_BYTES = 6000;
/** For the lines that count what a digest leaves out. Bytes. */
const RESERVED = 1200;
/** Characters of a text. */
const LONGEST = { headline: 300, value: 500, text: 1000, footer: 300 } as const;
/** More buttons are hidden behind a menu (Teams, "Cards reference"). */
const MOST_BUTTONS = 5;
const CUT = '…';

const charactersOf = (text: string) => text.length;

/** @param mention the people to call where a message is to call any */
export function render(message: Message, mention: readonly string[] = []): TeamsMessage {
  const entities = message.mentions ? entitiesOf(mention) : [];
  const head = [headlineOf(message), ...(entities.length === 0 ? [] : [calls(entities)])];
  const buttons = buttonsOf(message);
  const actions = buttons.length === 0 ? undefined : buttons;
  const msteams = defined<Card['msteams']>({
    width: 'Full',
    entities: entities.length === 0 ? undefined : entities,
  });
  return sized([head, contentOf(message), [footerOf(message)]], MOST_BYTES, (body) =>
    messageOf(defined({ ...CARD, body, actions, msteams })),
  );
}

/** Lines of text alone: no colour, column, button or mention that could be what was refused. */
export function simplify(_payload: TeamsMessage, message: Message): TeamsMessage {
  const { title, facts, sections, list } = message;
  const factLines = facts.map(([label, value]) => `${label}${title.colon}${value}`);
  const lines = [
    ...factLines,
    ...sections.flatMap((part) => [part.heading ?? '', ...part.lines]),
    ...(list?.lines ?? []),
  ];
  const content = textLines(lines);
  const head = line(headlineWithin(message, LONGEST.headline, charactersOf));
  return sized([[head], content, [footerOf(message)]], MOST_PLAIN_BYTES, (body) =>
    messageOf({ ...CARD, body, msteams: { width: 'Full' } }),
  );
}

export function roomFor(mention: readonly string[] = []): Room {
  return {
    most: MOST_BYTES,
    measure: (text) => text.split('\n').reduce((sum, one) => sum + sizeOf(line(one)), 0),
    frame: (message) =>
      bytesOf(JSON.stringify(render({ ...message, facts: [], sections: [] }, mention))) + RESERVED,
    lengthOf: charactersOf,
  };
}

const CARD = {
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.4',
} as const;

function messageOf(content: Card): TeamsMessage {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function headlineOf(message: Message): Element {
  return headline(headlineWithin(message, LONGEST.headline, charactersOf), message.colour);
}

function footerOf(message: Message): Element {
  return footer(cut(message.footer.join(' · '), LONGEST.footer, charactersOf));
}

function contentOf({ facts, sections, list }: Message): Element[] {
  return [
    ...facts
      .filter(([, value]) => isSaid(value))
      .map(([label, value]) => fact([label, cut(value, LONGEST.value, charactersOf)])),
    ...sections.flatMap(sectionElements),
    ...textLines(list?.lines ?? []),
  ];
}

function sectionElements(part: Section): Element[] {
  const head = isSaid(part.heading) ? [heading(shown(part.heading))] : [];
  return [...head, ...textLines(part.lines)];
}

/** A card with an empty text is refused. */
function textLines(lines: readonly string[]): Element[] {
  return lines.filter(isSaid).map((text) => line(shown(text)));
}

function shown(text: string): string {
  return cut(text, LONGEST.text, charactersOf);
}

/** Each address once, whatever the number of sections that name it. */
function buttonsOf({ console, sections }: Message): OpenUrl[] {
  const links = [console, ...sections.map(({ source }) => source)];
  const byUrl = new Map(
    links.filter((link): link is Link => link !== undefined).map((link) => [link.url, link]),
  );
  return [...byUrl.values()].slice(0, MOST_BUTTONS).map(button);
}

function sizeOf(element: Element): number {
  return bytesOf(JSON.stringify(element)) + ','.length;
}

/** The message within its limit: the last parts of its content are left out, but neither its head nor its foot. */
function sized(
  [head, content, foot]: readonly [
    head: readonly Element[],
    content: readonly Element[],
    foot: readonly Element[],
  ],
  mostBytes: number,
  make: (body: readonly Element[]) => TeamsMessage,
): TeamsMessage {
  const whole = make([...head, ...content, ...foot]);
  if (bytesOf(JSON.stringify(whole)) <= mostBytes) return whole;
  const frame = make([...head, line(CUT), ...foot]);
  let left = mostBytes - bytesOf(JSON.stringify(frame));
  const end = content.findIndex((element) => {
    left -= sizeOf(element);
    return left < 0;
  });
  return make([...head, ...content.slice(0, end), line(CUT), ...foot]);
}
