// Mutant survives, `/^[\x20-\x7e]*$/` → `/^[\x20-\x7e]$/`: the other way gives the same line, only slower.
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Control characters, line and paragraph separators, and the marks that reverse the direction of the text after them. */
const DISTURBING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** Also without a glyph of their own: in a terminal or a log they hide or fake text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * Makes foreign text one well-formed line: characters that would break a line, drive a terminal or reverse the text
 * become a blank, a lone surrogate becomes U+FFFD, blanks around the text go.
 *
 * @param max the most characters (code points, so no surrogate pair is split) that are kept
 */
export function oneLine(text: string, max = Number.POSITIVE_INFINITY): string {
  // A code point takes at most two units. However long a text is, no more of it is looked at.
  const head = text.trim().slice(0, 2 * max);
  // Mutant survives, `PRINTABLE_ASCII.test(head)` → `false`: the other way gives the same line, only slower.
  if (PRINTABLE_ASCII.test(head)) return head.slice(0, max).trimEnd();
  const points = [...head.replace(DISTURBING, ' ')].slice(0, max);
  return points.join('').toWellFormed().trim();
}

/** Makes foreign text one line for logs and terminals. Chats need {@link oneLine}: emoji are joined by such characters. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** `1 task`, `2 tasks`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
