import { oneLine } from '../base/text.ts';
import { type Html, html } from './html.ts';

/** Characters of a name, and of a sentence in which names stand. */
const LONGEST = { name: 80, sentence: 400 } as const;
const CUT = '…';

/** Foreign text as one line that is not too long. */
function cut(text: string, max: number): string {
  const line = oneLine(text, max + 1);
  return [...line].length > max ? `${oneLine(line, max)}${CUT}` : line;
}

/** A name for an attribute, where no element can keep its direction apart: marks of Unicode do (FSI, PDI). */
export function plainName(name: string): string {
  return `\u2068${cut(name, LONGEST.name)}\u2069`;
}

/** A name: whatever its direction is, the text around it keeps its own. */
export function nameOf(name: string): Html {
  return html`<bdi>${cut(name, LONGEST.name)}</bdi>`;
}

/** A sentence that was stored, or answered, by others; names may stand in it. */
export function sentence(text: string): Html {
  return html`<bdi>${cut(text, LONGEST.sentence)}</bdi>`;
}

/** Identifiers are read letter by letter. */
export function identifier(id: string): Html {
  return html`<code><bdi>${cut(id, LONGEST.name)}</bdi></code>`;
}

/** Pieces with something between them. */
export function joined(pieces: readonly Html[], between: Html | string): readonly (Html | string)[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [between, piece]));
}
