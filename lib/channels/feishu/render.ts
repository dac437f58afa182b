import { cut, isSaid } from '../../messages/format.ts';
import type { Message, Room, Section } from '../../messages/message.ts';
import type { Colour } from '../../messages/severity.ts';
import { homoglyphs } from '../chat/homoglyphs.ts';
import { addressOf, headlineWithin, layOut, type Markup, PLAIN, type TextLimits } from '../chat/layout.ts';
import { bytesOf, jsonBytesOf } from '../chat/measure.ts';
import {
  type Card,
  div,
  type Element,
  type FeishuMessage,
  factElement,
  linkButton,
  plainText,
  type Template,
} from './card.ts';
import { fitting, MOST_BYTES } from './size.ts';

const TEMPLATES: Readonly<Record<Colour, Template>> = {
  green: 'green',
  amber: 'orange',
  orange: 'orange',
  red: 'red',
  grey: 'blue',
};

/** Characters. */
const LONGEST = { headline: 300, preview: 150, value: 500, line: 3000, footer: 300 } as const;
/** Characters of one text of a digest, so that none of them is very long. */
const CHUNK = 2000;
/** Bytes for the line that counts the rest of a digest, and for what each of its texts takes up besides. */
const RESERVED = 1500;

/** The texts that settings add to each message; neither may be cut. */
export interface Additions {
  /** The markup that calls people; empty where nobody is called. */
  readonly calls: string;
  readonly keyword: string | undefined;
}

export function roomFor(additions: Additions): Room {
  return {
    most: MOST_BYTES,
    measure: jsonBytesOf,
    frame: (message) =>
      bytesOf(JSON.stringify(render({ ...message, facts: [], sections: [] }, additions))) + RESERVED,
    lengthOf: ({ length }) => length,
  };
}

export function render(message: Message, additions: Additions): FeishuMessage {
  const frame = cardOf(message, headOf(additions), footOf(message, additions));
  return { msg_type: 'interactive', card: fitting(frame, bodyOf(message)) };
}

function lengthOf({ length }: string): number {
  return length;
}

/** A card without a body: what always has room. */
function cardOf(message: Message, head: readonly Element[], foot: readonly Element[]) {
  const card: Card = {
    schema: '2.0',
    config: {
      update_multi: true,
      width_mode: 'fill',
      summary: { content: headlineWithin(message, LONGEST.preview, lengthOf) },
    },
    header: {
      title: plainText(headlineWithin(message, LONGEST.headline, lengthOf)),
      template: TEMPLATES[message.colour],
    },
    body: { direction: 'vertical', elements: [] },
  };
  return { card, head, foot };
}

function headOf({ calls }: Additions): Element[] {
  return calls === '' ? [] : [{ tag: 'markdown', content: calls }];
}

function footOf({ footer, console }: Message, { keyword }: Additions): Element[] {
  const words = cut(footer.join(' · '), LONGEST.footer, lengthOf);
  const content = keyword === undefined ? words : `${words} · ${keyword}`;
  return [
    ...(console === undefined ? [] : [linkButton(console, 'primary')]),
    div({ ...plainText(content), text_size: 'notation', text_color: 'grey' }),
  ];
}

function bodyOf({ facts, sections, list }: Message): Element[] {
  const factElements = facts.map(([label, value]) =>
    factElement([label, cut(value, LONGEST.value, lengthOf)]),
  );
  const texts = sections.flatMap(sectionElements);
  const isBoth = factElements.length > 0 && texts.length > 0;
  const lines = chunks(list?.lines.map(line) ?? []).map((content) => div(plainText(content)));
  return [...factElements, ...(isBoth ? [{ tag: 'hr' } as const] : []), ...texts, ...lines];
}

function line(text: string): string {
  return cut(text, LONGEST.line, lengthOf);
}

function sectionElements({ heading, lines, source }: Section): Element[] {
  const content = lines.map(line).filter(isSaid).join('\n');
  return [
    ...(isSaid(heading) ? [div({ ...plainText(line(heading)), text_size: 'heading' })] : []),
    ...(isSaid(content) ? [div(plainText(content))] : []),
    ...(source === undefined ? [] : [linkButton(source, 'text')]),
  ];
}

function chunks(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const one of lines) {
    const last = texts.at(-1);
    const joined = last === undefined ? one : `${last}\n${one}`;
    if (last === undefined || joined.length > CHUNK) texts.push(one);
    else texts[texts.length - 1] = joined;
  }
  return texts;
}

/**
 * A text message calls whoever is named by `<at …>` in it and turns `[x](…)` into a link. No escape is documented for
 * either, and entities might be read as what they stand for.
 */
const MARKUP = /[<>]|\](?=[([])|&(?=#?\w{1,31};)/g;
const TEXT: Markup = {
  ...PLAIN,
  escape: (text) => homoglyphs(text, MARKUP),
  link: (link, colon) => `${link.label}${colon}${addressOf(link)}`,
};
const TEXT_LIMITS: TextLimits = { most: 15_000, measure: jsonBytesOf, headline: 600 };

/** Nobody is called: a mention that the group does not allow may be what was refused. */
export function simplify(message: Message, keyword: string | undefined): FeishuMessage {
  return { msg_type: 'text', content: { text: layOut(message, TEXT, TEXT_LIMITS, keyword) } };
}
