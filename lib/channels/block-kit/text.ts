import { cut } from '../../messages/format.ts';

/**
 * Slack's control characters "must be converted to HTML entities" in every text object (Formatting message text,
 * "Escaping text"): without them there is no mention and no link.
 */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES.get(character) ?? character);
}

export function escapedLength(text: string): number {
  return escaped(text).length;
}

/** Undoes {@link escaped}. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * Foreign text as Slack shows it character by character: one line, escaped, and if need be cut at a character's border.
 *
 * @param max the most UTF-16 units of the result, entities and the `…` of a cut included
 */
export function shown(text: string, max: number): string {
  return escaped(cut(text, max, escapedLength));
}
