import { withinRoom } from '../../messages/format.ts';
import type { List, Message, Room, Section } from '../../messages/message.ts';
import { sentenceOf, sentenceWithin } from '../../messages/parts/title.ts';
import type { Colour } from '../../messages/severity.ts';
import {
  type Block,
  context,
  factBlocks,
  header,
  LIMITS,
  mentionBlock,
  paragraph,
  reference,
  SHORT,
  type SlackMessage,
  section,
} from './blocks.ts';
import { MOST_CHARACTERS, sized, sizeOf, sizeOfText } from './size.ts';
import { escaped, escapedLength, shown } from './text.ts';

/** The bar beside a message. */
const COLOURS: Readonly<Record<Colour, string>> = {
  green: '#2EB67D',
  amber: '#ECB22E',
  orange: '#E8590C',
  red: '#E01E5A',
  grey: '#8D9AA5',
};

/** Each section is two blocks at most: a message stays below Slack's 50 blocks. */
const MOST_SECTIONS = 20;
/** Characters of the fallback text, which Slack shows where it shows no blocks. */
const FALLBACK = 2900;
/** Characters that are left for the counts, and for what each further section takes up besides its text. */
const RESERVED = 1500;
/** Characters of a section of a digest. Slack takes 3000; the first one must also have room in the fallback text. */
const CHUNK = 2300;
/** Title and footer in the fallback text of a digest. */
const LONGEST = 250;

/** @param mention the people to call, as the configuration names them */
export function render(message: Message, mention: string | undefined): SlackMessage {
  const calls = callsIn(message, mention);
  const { list, facts, sections } = message;
  const isDigest = list !== undefined && facts.length + sections.length === 0;
  return sized(isDigest ? renderDigest(message, list, calls) : renderLook(message, calls));
}

/** The room of a Slack message, with its header, mention and footer as blocks. */
export function roomFor(mention: string | undefined): Room {
  return {
    most: MOST_CHARACTERS,
    measure: (text) => sizeOfText(escaped(text)),
    frame: (message) => RESERVED + sizeOf([...headOf(message, callsIn(message, mention)), context(message)]),
    lengthOf: escapedLength,
  };
}

function callsIn({ mentions }: Message, mention: string | undefined): readonly string[] {
  return mentions && mention !== undefined ? [mention] : [];
}

/** The headline above the bar, and the people who are called. */
function headOf(message: Message, calls: readonly string[]): readonly Block[] {
  return [header(headlineOf(message, LIMITS.header)), ...calls.map(mentionBlock)];
}

/** @param max characters within which the name of the subject is cut rather than what happened */
function headlineOf({ title }: Message, max: number): string {
  return `${title.mark}${sentenceWithin(title, max - title.mark.length, escapedLength)}`;
}

function renderLook(message: Message, calls: readonly string[]): SlackMessage {
  const sections = message.sections.slice(0, MOST_SECTIONS);
  return {
    text: fallbackOf(message, sections, calls),
    mrkdwn: false,
    blocks: headOf(message, calls),
    attachments: [
      {
        color: COLOURS[message.colour],
        blocks: [
          ...wholeSentence(message),
          ...factBlocks(message),
          ...sections.flatMap(sectionBlocks),
          ...listTexts(message).map(section),
          context(message),
        ],
      },
    ],
  };
}

function listTexts({ list }: Message): string[] {
  return chunks((list?.lines ?? []).map(escaped));
}

/** The sentence once more where the header had to cut it. */
function wholeSentence(message: Message): Block[] {
  const { title } = message;
  const headline = headlineOf(message, LIMITS.header);
  const isShortened = headline !== `${title.mark}${sentenceOf(title)}`;
  const isCut = shown(headline, LIMITS.header) !== shown(headline, LIMITS.text);
  return isShortened || isCut ? [section(shown(sentenceOf(title), SHORT * 4))] : [];
}

function sectionBlocks(part: Section): Block[] {
  const { source } = part;
  const [first = '', ...others] = linesOf(part);
  const block =
    part.heading === undefined ? paragraph(undefined, [first, ...others]) : paragraph(first, others);
  return [block, ...(source === undefined ? [] : reference(source))];
}

/** Within the room of one section, the heading first. */
function linesOf({ heading, lines }: Section): readonly string[] {
  const all = (heading === undefined ? lines : [heading, ...lines]).map(escaped);
  const fitting = withinRoom(all, LIMITS.text - 1);
  return fitting.length === all.length ? all : [...fitting, '…'];
}

/** The same without blocks, as much of it as a notification takes. */
function fallbackOf(message: Message, sections: readonly Section[], calls: readonly string[]): string {
  const { colon } = message.title;
  const head = [...calls, shown(headlineOf(message, SHORT * 4), SHORT * 4)];
  const footer = shown(message.footer.join(' · '), SHORT * 2);
  const body = [
    ...message.facts.map(([label, value]) => `${label}${colon}${shown(value, SHORT * 2)}`),
    ...sections.flatMap(linesOf),
    ...(message.list?.lines ?? []).map(escaped),
  ];
  const fitting = withinRoom(body, FALLBACK - footer.length - head.join('\n').length);
  return [...head, ...fitting, ...(fitting.length < body.length ? ['…'] : []), footer].join('\n');
}

function renderDigest(message: Message, { counts }: List, calls: readonly string[]): SlackMessage {
  const texts = listTexts(message);
  const fallback = [
    ...calls,
    `${shown(headlineOf(message, LONGEST), LONGEST)}${message.title.colon}${escaped(counts)}`,
    ...texts.slice(0, 1),
    ...(texts.length > 1 ? ['…'] : []),
    shown(message.footer.join(' · '), LONGEST),
  ];
  return {
    text: fallback.join('\n'),
    mrkdwn: false,
    blocks: headOf(message, calls),
    attachments: [{ color: COLOURS[message.colour], blocks: [...texts.map(section), context(message)] }],
  };
}

/** Puts lines into as few texts as can hold them. No line is longer than a text may be. */
function chunks(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last === undefined || joined.length > CHUNK) texts.push(line);
    else texts[texts.length - 1] = joined;
  }
  return texts;
}
