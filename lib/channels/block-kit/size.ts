import { withinRoom } from '../../messages/format.ts';
import type { Section } from '../../messages/message.ts';
import { type Block, paragraph, type SlackMessage, section } from './blocks.ts';

/**
 * Characters of all blocks of a message together: beyond that Slack refuses it (`msg_blocks_too_long`). How it counts is
 * not documented, so everything counts: escapes, names of fields, the blocks beside the bar.
 */
export const MOST_CHARACTERS = 12_000;
/** Characters of a text that Slack takes in any case: it advises 4000 at most (chat.postMessage, "Truncating content"). */
const PLAIN = 3000;
/** A line in place of those that were left out. */
const CUT = '…';

/** Characters of blocks as JSON. */
export function sizeOf(blocks: readonly Block[]): number {
  return JSON.stringify(blocks).length;
}

/** Characters of a text within a block. */
export function sizeOfText(text: string): number {
  return JSON.stringify(text).length - '""'.length;
}

/** The message within Slack's limit for all of its blocks: the last lines are left out, but not the footer. */
export function sized(message: SlackMessage): SlackMessage {
  const { blocks = [], attachments: [attachment] = [] } = message;
  if (attachment === undefined || sizeOf([...blocks, ...attachment.blocks]) <= MOST_CHARACTERS)
    return message;
  const footer = attachment.blocks.slice(-1);
  const room = MOST_CHARACTERS - sizeOf([...blocks, ...footer, section(`\n${CUT}`)]) - ','.length;
  return {
    ...message,
    attachments: [{ ...attachment, blocks: [...fitting(attachment.blocks.slice(0, -1), room), ...footer] }],
  };
}

function fitting(blocks: readonly Block[], room: number): Block[] {
  let left = room;
  const end = blocks.findIndex((block) => {
    left -= JSON.stringify(block).length + ','.length;
    return left < 0;
  });
  const whole = end === -1 ? blocks : blocks.slice(0, end);
  const used = whole.reduce((sum, block) => sum + JSON.stringify(block).length + ','.length, 0);
  return [...whole, beginningOf(blocks[end], room - used)];
}

/** The lines of a section that have room, and a mark; the mark alone where not even the heading has room. */
function beginningOf(block: Block | undefined, room: number): Block {
  const { heading, lines } = partsOf(block);
  let left = room + sizeOf([section(`\n${CUT}`)]) - sizeOf([paragraph(heading, ['', CUT])]);
  if (left < 0) return section(CUT);
  const end = lines.findIndex((line) => {
    left -= sizeOfText(`${line}\n`);
    return left < 0;
  });
  return paragraph(heading, [...(end === -1 ? lines : lines.slice(0, end)), CUT]);
}

/** A section as its heading and its lines; a block of facts is left out as a whole. */
function partsOf(block: Block | undefined): Section {
  if (block?.type === 'section') return { lines: block.text.text.split('\n') };
  const [first, second] = block?.type === 'rich_text' ? block.elements[0].elements : [];
  const isParagraph = first?.type === 'text' && second?.type === 'text' && second.text.startsWith('\n');
  return isParagraph ? { heading: first.text, lines: second.text.slice(1).split('\n') } : { lines: [] };
}

/** The same without anything that could be refused for its form or its length. */
export function plainMessage({ text, mrkdwn }: SlackMessage): SlackMessage {
  if (text.length <= PLAIN) return { text, mrkdwn };
  const lines = withinRoom(text.split('\n'), PLAIN - 1);
  return { text: [...lines, CUT].join('\n'), mrkdwn };
}
