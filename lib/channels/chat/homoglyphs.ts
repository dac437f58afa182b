/** From an ASCII character to its form of full width (Unicode, block FF00). */
const TO_FULL_WIDTH = 0xfee0;

/**
 * Foreign text for vendors that document no escape: the characters that could be markup are replaced by those of full
 * width, which look alike and are nothing but text.
 *
 * @param markup matches single printable characters of ASCII
 */
export function homoglyphs(text: string, markup: RegExp): string {
  return text.replace(markup, (character) => String.fromCharCode(character.charCodeAt(0) + TO_FULL_WIDTH));
}
