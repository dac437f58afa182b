import * as z from 'zod/mini';
import { oneLine } from '../../base/text.ts';
import { unescaped } from './text.ts';

const TEXT = z.object({ text: z.string() });
const BLOCK = z.object({
  text: z.optional(TEXT),
  fields: z.optional(z.array(TEXT)),
  elements: z.optional(z.array(TEXT)),
});
const BLOCKS = z.optional(z.array(BLOCK));
const MESSAGE = z.object({
  text: z.optional(z.string()),
  blocks: BLOCKS,
  attachments: z.optional(z.array(z.object({ blocks: BLOCKS }))),
});

/** A Slack payload as lines of plain text, for a terminal; any other value says that it is none. */
export function renderSlackPreview(payload: unknown): string[] {
  const message = MESSAGE.safeParse(payload);
  if (!message.success) return ['something that is not a Slack message'];
  const { text = '', blocks, attachments = [] } = message.data;
  if (blocks === undefined) return linesOf(text);
  return [...blocks, ...attachments.flatMap((attachment) => attachment.blocks ?? [])].flatMap(blockLines);
}

function blockLines({ text, fields = [], elements = [] }: z.output<typeof BLOCK>): string[] {
  return [
    ...(text === undefined ? [] : linesOf(text.text)),
    ...fields.map((field) => linesOf(field.text).join(': ')),
    ...(elements.length === 0 ? [] : [elements.flatMap((element) => linesOf(element.text)).join(' · ')]),
  ];
}

const LINK = /<(https:[^|>]*)\|([^>]*)>/g;

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => oneLine(unescaped(line.replace(LINK, '$2: $1'))));
}
