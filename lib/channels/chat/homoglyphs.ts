/** The distance from an ASCII character to its full-width form (Unicode, block FF00). */
const TO_FULL_WIDTH = 0xfee0;

/**
 * Replaces possible markup in foreign text by full-width characters, which look alike but are plain text. It serves
 * vendors that document no escape.
 *
 * @param markup matches single printable ASCII characters
 */
export function homoglyphs(text: string, markup: RegExp): string {
  return text.replace(markup, (character) => String.fromCharCode(character.charCodeAt(0) + TO_FULL_WIDTH));
}
