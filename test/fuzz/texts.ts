/** Throws unless a text is one well-formed line, not empty, of at most so many characters. */
export function assertOneLine(text: string, most: number): void {
  if (text === '' || [...text].length > most) throw new Error('out of bounds');
  if (!text.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text)) {
    throw new Error('not one well-formed line');
  }
}
