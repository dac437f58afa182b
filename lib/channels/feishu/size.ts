import { bytesOf, jsonBytesOf } from '../chat/measure.ts';
import { type Card, countOf, div, type Element, plainText, sizeOf } from './card.ts';

/**
 * Bytes of a request: Feishu takes 20 KB from a custom bot ("Custom bot usage guide"). Some are left for the signature, and
 * in case a KB is 1000 bytes.
 */
export const MOST_BYTES = 18_500;
/** A card may have 200 elements, texts counted (Card JSON 2.0, limits). */
const MOST_ELEMENTS = 190;
/** In place of what was left out. */
const CUT = '…';

/** A card in parts: the first and the last elements always have room. */
export interface Frame {
  readonly card: Card;
  readonly head: readonly Element[];
  readonly foot: readonly Element[];
}

/** The card with as much of a body as has room; the last elements and lines are left out. */
export function fitting({ card, head, foot }: Frame, body: readonly Element[]): Card {
  const withBody = (elements: readonly Element[]): Card => ({
    ...card,
    body: { direction: 'vertical', elements: [...head, ...elements, ...foot] },
  });
  const empty = withBody([]);
  const left = {
    bytes: MOST_BYTES - bytesOf(JSON.stringify({ msg_type: 'interactive', card: empty })),
    elements: MOST_ELEMENTS - countOf(empty),
  };
  return withBody(within(left, body));
}

interface Left {
  bytes: number;
  elements: number;
}

function within(left: Left, body: readonly Element[]): readonly Element[] {
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const isAll = sum(body.map(sizeOf)) <= left.bytes && sum(body.map(countOf)) <= left.elements;
  return isAll ? body : beginningOf(body, left);
}

const MARK = div(plainText(CUT));

/** With a mark that something is missing. */
function beginningOf(body: readonly Element[], { bytes, elements }: Left): Element[] {
  const kept: Element[] = [];
  let bytesLeft = bytes - sizeOf(MARK);
  let elementsLeft = elements - countOf(MARK);
  for (const element of body) {
    const isRoom = sizeOf(element) <= bytesLeft && countOf(element) <= elementsLeft;
    if (!isRoom) return [...kept, ...cutElement(element, bytesLeft)];
    bytesLeft -= sizeOf(element);
    elementsLeft -= countOf(element);
    kept.push(element);
  }
  return kept;
}

/** The lines of a text that have room; the mark alone where there are none. */
function cutElement(element: Element, bytes: number): Element[] {
  if (element.tag !== 'div') return [MARK];
  let left = bytes;
  const lines = element.text.content.split('\n');
  const end = lines.findIndex((line) => {
    left -= jsonBytesOf(`${line}\n`);
    return left < 0;
  });
  return [div({ ...element.text, content: [...lines.slice(0, end), CUT].join('\n') })];
}
