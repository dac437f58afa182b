const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Control characters, line and paragraph separators, and the marks that reverse the direction of what follows. */
const DISTURBING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/**
 * Makes foreign text one well-formed line: what would break a line, drive a terminal or reverse the text becomes a
 * blank, a lone surrogate becomes U+FFFD, blanks around it go.
 *
 * @param max the most characters (code points, so no surrogate pair is split) that are kept.
 */
export function oneLine(text: string, max: number): string {
  // A code point takes at most two units. However long a text is, no more of it is looked at.
  const head = text.trim().slice(0, 2 * max);
  if (PRINTABLE_ASCII.test(head)) return head.slice(0, max).trimEnd();
  const points = [...head.replace(DISTURBING, ' ')].slice(0, max);
  return points.join('').toWellFormed().trim();
}
