import * as z from 'zod/mini';
import { oneLine } from '../../base/text.ts';
import { unescaped } from './text.ts';

const TEXT = z.object({ text: z.string() });
/** A moment in the reader's own time repeats what stands before it, and a terminal has one reader. */
const RICH = z.object({ elements: z.array(z.union([TEXT, z.object({ type: z.literal('date') })])) });
const BLOCK = z.object({
  text: z.optional(TEXT),
  elements: z.optional(z.array(z.union([TEXT, RICH]))),
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

function blockLines({ text, elements = [] }: z.output<typeof BLOCK>): string[] {
  const parts = elements.flatMap((element) =>
    'text' in element && !MOMENT.test(element.text) ? [element] : [],
  );
  return [
    ...(text === undefined ? [] : linesOf(text.text)),
    ...elements.flatMap((element) => ('elements' in element ? linesOf(richText(element)) : [])),
    ...(parts.length === 0 ? [] : [parts.flatMap((part) => linesOf(part.text)).join(' · ')]),
  ];
}

function richText({ elements }: z.output<typeof RICH>): string {
  return elements.map((element) => ('text' in element ? element.text : '')).join('');
}

const MOMENT = /^<!date\^/;
const LINK = /<(https:[^|>]*)\|([^>]*)>/g;

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => oneLine(unescaped(line.replace(LINK, '$2: $1'))));
}
