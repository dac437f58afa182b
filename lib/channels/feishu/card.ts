import type { Fact, Link } from '../../messages/message.ts';
import { bytesOf } from '../chat/measure.ts';

/** Knows no markup; data is put into nothing else. */
export interface PlainText {
  readonly tag: 'plain_text';
  readonly content: string;
  readonly text_color?: 'grey';
  readonly text_size?: 'heading' | 'notation';
}

interface Div {
  readonly tag: 'div';
  readonly text: PlainText;
}

interface Column {
  readonly tag: 'column';
  readonly width: 'weighted';
  readonly weight: number;
  readonly elements: readonly [Div];
}

/** Elements of Card JSON 2.0. Unknown properties are refused there. */
export type Element =
  | Div
  | { readonly tag: 'hr' }
  /** Only for mentions of the configuration. */
  | { readonly tag: 'markdown'; readonly content: string }
  | { readonly tag: 'column_set'; readonly horizontal_spacing: '8px'; readonly columns: readonly Column[] }
  | {
      readonly tag: 'button';
      readonly text: PlainText;
      readonly type: 'primary' | 'text';
      readonly behaviors: readonly [{ readonly type: 'open_url'; readonly default_url: string }];
    };

/** Colours of a header. */
export type Template = 'blue' | 'green' | 'orange' | 'red';

export interface Card {
  readonly schema: '2.0';
  readonly config: {
    readonly update_multi: true;
    readonly width_mode: 'fill';
    /** The preview in the list of chats. */
    readonly summary: { readonly content: string };
  };
  readonly header: { readonly title: PlainText; readonly template: Template };
  readonly body: { readonly direction: 'vertical'; readonly elements: readonly Element[] };
}

export type FeishuMessage =
  | { readonly msg_type: 'interactive'; readonly card: Card }
  | { readonly msg_type: 'text'; readonly content: { readonly text: string } };

export function plainText(content: string): PlainText {
  return { tag: 'plain_text', content };
}

export function div(text: PlainText): Div {
  return { tag: 'div', text };
}

/** A label in grey beside its value. */
export function factElement([label, value]: Fact): Element {
  return {
    tag: 'column_set',
    horizontal_spacing: '8px',
    columns: [column(1, { ...plainText(label), text_color: 'grey' }), column(3, plainText(value))],
  };
}

function column(weight: number, text: PlainText): Column {
  return { tag: 'column', width: 'weighted', weight, elements: [div(text)] };
}

/** @param type `primary` for the one that most readers want */
export function linkButton({ label, url }: Link, type: 'primary' | 'text'): Element {
  return {
    tag: 'button',
    text: plainText(label),
    type,
    behaviors: [{ type: 'open_url', default_url: url }],
  };
}

/** The bytes of an element within a request, with its comma. */
export function sizeOf(element: Element): number {
  return bytesOf(JSON.stringify(element)) + ','.length;
}

/** The elements in it as Feishu counts them: everything with a tag, texts too. */
export function countOf(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  const own = 'tag' in part ? 1 : 0;
  return Object.values(part).reduce<number>((sum, inner) => sum + countOf(inner), own);
}
