import type { Fact, Link } from '../../messages/message.ts';
import type { Colour } from '../../messages/severity.ts';
import type { Entity } from './mention.ts';

/** Plain text: of all elements with text only this one knows no markup (Adaptive Cards schema, TextRun). */
interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Medium' | 'Small';
  readonly isSubtle?: true;
}

interface RichText {
  readonly type: 'RichTextBlock';
  readonly spacing?: 'Small' | 'Medium';
  readonly inlines: readonly [TextRun];
}

/** Shows Markdown: only for mentions of the configuration. */
interface TextBlock {
  readonly type: 'TextBlock';
  readonly text: string;
  readonly wrap: true;
}

interface Column {
  readonly type: 'Column';
  readonly width: number;
  readonly items: readonly [RichText];
}

export type Element =
  | RichText
  | TextBlock
  | { readonly type: 'Container'; readonly style: Style; readonly bleed: true; readonly items: [RichText] }
  | { readonly type: 'ColumnSet'; readonly spacing: 'Small'; readonly columns: [Column, Column] };

type Style = 'good' | 'warning' | 'attention' | 'emphasis';

export interface OpenUrl {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
}

/** Phones show elements of version 1.2 at most, also in a card that calls itself 1.4 (Teams, "Cards reference"). */
export interface Card {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly body: readonly Element[];
  readonly actions?: readonly OpenUrl[];
  readonly msteams: { readonly width: 'Full'; readonly entities?: readonly Entity[] };
}

/** The body of one request to a workflow. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: Card;
    },
  ];
}

const STYLES: Readonly<Record<Colour, Style>> = {
  green: 'good',
  amber: 'warning',
  orange: 'warning',
  red: 'attention',
  grey: 'emphasis',
};

export function headline(text: string, colour: Colour): Element {
  const items: [RichText] = [richText({ type: 'TextRun', text, weight: 'Bolder', size: 'Medium' })];
  return { type: 'Container', style: STYLES[colour], bleed: true, items };
}

export function calls(entities: readonly Entity[]): Element {
  return { type: 'TextBlock', text: entities.map(({ text }) => text).join(' '), wrap: true };
}

/** A label, which is ours, beside a value. */
export function fact([label, value]: Fact): Element {
  const columns: [Column, Column] = [
    column(1, { type: 'TextRun', text: label, isSubtle: true }),
    column(3, { type: 'TextRun', text: value }),
  ];
  return { type: 'ColumnSet', spacing: 'Small', columns };
}

export function heading(text: string): Element {
  return { ...richText({ type: 'TextRun', text, weight: 'Bolder' }), spacing: 'Medium' };
}

export function line(text: string): Element {
  return { ...richText({ type: 'TextRun', text }), spacing: 'Small' };
}

export function footer(text: string): Element {
  return { ...richText({ type: 'TextRun', text, isSubtle: true, size: 'Small' }), spacing: 'Medium' };
}

/** Labels of links begin with a small letter, buttons with a capital. */
export function button({ label, url }: Link): OpenUrl {
  return {
    type: 'Action.OpenUrl',
    title: `${label.slice(0, 1).toUpperCase()}${label.slice(1)}`,
    url,
  };
}

function column(width: number, run: TextRun): Column {
  return { type: 'Column', width, items: [richText(run)] };
}

function richText(run: TextRun): RichText {
  return { type: 'RichTextBlock', inlines: [run] };
}
