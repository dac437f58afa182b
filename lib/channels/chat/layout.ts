import { cut, type LengthOf } from '../../messages/format.ts';
import type { Link, Message, Room, Section } from '../../messages/message.ts';
import { sentenceWithin } from '../../messages/parts/title.ts';
import type { Colour } from '../../messages/severity.ts';

/**
 * Writes the parts of a message for a chat whose messages are one text. Each input text is one line and not yet
 * escaped.
 */
export interface Markup {
  /** Escapes foreign text, so that it contains no markup, link or mention. */
  escape(text: string): string;
  headline(text: string, colour: Colour): string;
  /** @param colon the separator of both, in the language of the message */
  fact(label: string, value: string, colon: string): string;
  heading(text: string): string;
  line(text: string): string;
  /** Empty where a chat shows no links. */
  link(link: Link, colon: string): string;
  footer(text: string): string;
  /** Between two lines, and between two parts of the message. */
  readonly lineEnd: string;
  readonly partEnd: string;
}

/** Writes plain text, which has no form that a vendor could refuse. */
export const PLAIN: Markup = {
  escape: (text) => text,
  headline: (text) => text,
  fact: (label, value, colon) => `${label}${colon}${value}`,
  heading: (text) => text,
  line: (text) => text,
  link: ({ label, url }, colon) => `${label}${colon}${url}`,
  footer: (text) => text,
  lineEnd: '\n',
  partEnd: '\n\n',
};

/** Characters of addresses that could be markup around a link, or within a text. */
const UNSAFE = /[()[\]<>;*`]/g;

/** The address of a link, with possible markup percent-encoded. It leads to the same page. */
export function addressOf({ url }: Link): string {
  return url.replace(UNSAFE, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The limits of one text, in the vendor's own unit: characters, or bytes. */
export interface TextLimits {
  readonly most: number;
  readonly measure: LengthOf;
  /** The longest headline. */
  readonly headline: number;
  /** The longest value of a fact; default 500. */
  readonly value?: number;
  /** The longest footer; default 300. */
  readonly footer?: number;
  /** Room for the line that counts the rest of a digest, and for the ends of parts; default 400. */
  readonly reserved?: number;
}

const USUAL = { value: 500, footer: 300, reserved: 400 } as const;
const CUT = '…';

/** Measures a text after escaping. */
function escapedLength(markup: Markup, { measure }: TextLimits): LengthOf {
  return (text) => measure(markup.escape(text));
}

/** Escapes foreign text, and cuts it between two characters. */
export function escapedWithin(text: string, max: number, markup: Markup, limits: TextLimits): string {
  return markup.escape(cut(text, max, escapedLength(markup, limits)));
}

/** The headline of a message: if it is too long, the name of the subject is cut, not the news. */
export function headlineWithin({ title }: Message, max: number, lengthOf: LengthOf): string {
  const sentence = sentenceWithin(title, max - lengthOf(title.mark), lengthOf);
  return cut(`${title.mark}${sentence}`, max, lengthOf);
}

/**
 * A message as one text: headline, people to call, facts, sections, the lines of a digest, link and footer. Headline
 * and footer always have room; between them, the last lines are left out.
 *
 * @param calls the people to mention, from the configuration; empty for no mention
 */
export function layOut(message: Message, markup: Markup, limits: TextLimits, calls = ''): string {
  const { measure, most } = limits;
  const { lineEnd, partEnd } = markup;
  const head = [headOf(message, markup, limits), ...(calls === '' ? [] : [calls])].join(partEnd);
  const foot = footOf(message, markup, limits);
  const body = bodyOf(message, markup, limits);
  const whole = [head, ...body.map((lines) => lines.join(lineEnd)), foot].join(partEnd);
  if (measure(whole) <= most) return whole;
  const rest = restOf(message, markup, limits);
  const frame = [head, foot].join(partEnd);
  const left = most - measure(`${frame}${partEnd}${lineEnd}${rest}`);
  return [head, ...fitting(body, { left, rest, measure }, markup), foot].join(partEnd);
}

/** The text in place of lines without room. In a digest it counts the events of each kind. */
function restOf({ list }: Message, markup: Markup, limits: TextLimits): string {
  if (list === undefined) return CUT;
  return `${CUT} ${escapedWithin(list.counts, limits.footer ?? USUAL.footer, markup, limits)}`;
}

/** The room of a message in one text. */
export function textRoom(markup: Markup, limits: TextLimits, calls = ''): Room {
  return {
    most: limits.most,
    measure: (text) =>
      limits.measure(text.split('\n').map(markup.escape).map(markup.line).join(markup.lineEnd)),
    frame: (message) =>
      limits.measure(layOut({ ...message, facts: [], sections: [] }, markup, limits, calls)) +
      (limits.reserved ?? USUAL.reserved),
    lengthOf: escapedLength(markup, limits),
  };
}

function headOf(message: Message, markup: Markup, limits: TextLimits): string {
  const headline = headlineWithin(message, limits.headline, escapedLength(markup, limits));
  return markup.headline(markup.escape(headline), message.colour);
}

function footOf({ title, footer, console }: Message, markup: Markup, limits: TextLimits): string {
  const words = markup.footer(
    escapedWithin(footer.join(' · '), limits.footer ?? USUAL.footer, markup, limits),
  );
  return [...linkLines(console, title.colon, markup), words].join(markup.lineEnd);
}

/** The parts of a message between its headline and its footer, each as lines. */
function bodyOf(message: Message, markup: Markup, limits: TextLimits): string[][] {
  const { title, facts, sections, list } = message;
  const shown = (text: string) => escapedWithin(text, limits.most, markup, limits);
  const factLines = facts.map(([label, value]) =>
    markup.fact(
      markup.escape(label),
      escapedWithin(value, limits.value ?? USUAL.value, markup, limits),
      title.colon,
    ),
  );
  const listLines = (list?.lines ?? []).map((line) => markup.line(shown(line)));
  const parts = [
    factLines,
    ...sections.map((part) => sectionLines(part, title.colon, markup, shown)),
    listLines,
  ];
  return parts.filter((lines) => lines.length > 0);
}

function sectionLines(
  { heading, lines, source }: Section,
  colon: string,
  markup: Markup,
  shown: (text: string) => string,
): string[] {
  return [
    ...(heading === undefined ? [] : [markup.heading(shown(heading))]),
    ...lines.map((line) => markup.line(shown(line))),
    ...linkLines(source, colon, markup),
  ];
}

function linkLines(link: Link | undefined, colon: string, markup: Markup): string[] {
  const text = link === undefined ? '' : markup.link(link, colon);
  return text === '' ? [] : [text];
}

interface Space {
  readonly left: number;
  /** The text in place of lines without room. */
  readonly rest: string;
  readonly measure: LengthOf;
}

/** The lines that have room, and the text in place of the others. */
function fitting(
  parts: readonly (readonly string[])[],
  { left: room, rest, measure }: Space,
  { lineEnd, partEnd }: Markup,
): string[] {
  const texts: string[] = [];
  let left = room;
  for (const lines of parts) {
    const kept: string[] = [];
    for (const line of lines) {
      left -= measure(kept.length === 0 ? `${partEnd}${line}` : `${lineEnd}${line}`);
      if (left < 0) return [...texts, [...kept, rest].join(lineEnd)];
      kept.push(line);
    }
    texts.push(kept.join(lineEnd));
  }
  return texts;
}
