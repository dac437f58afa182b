/** Terminals show these in two columns, and those in none. An emoji selector makes its character two columns wide. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/gu;
const WIDTHLESS = /(?!\ufe0f)\p{M}/gu;

/** The width of a text in a terminal, in columns. */
export function columnsOf(text: string): number {
  const [wide, widthless] = [WIDE, WIDTHLESS].map((kind) => text.match(kind)?.length ?? 0);
  return [...text].length + (wide ?? 0) - (widthless ?? 0);
}

/** Keeps words together in {@link wrapped}, which prints it as a blank. */
export const NO_BREAK = '\u00a0';

/**
 * A text as lines of at most `columns`, broken at blanks. A longer word is broken where the line ends.
 *
 * @param indent begins every line but the first
 */
export function wrapped(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  let isFresh = true;
  for (const word of text.split(' ').flatMap((word) => segmentsOf(word, columns - indent.length))) {
    const longer = isFresh ? word : `${line} ${word}`;
    const fits = isFresh || columnsOf(longer) <= columns;
    if (!fits) lines.push(line);
    line = fits ? longer : indent + word;
    isFresh = false;
  }
  return [...lines, line].map((one) => one.replaceAll(NO_BREAK, ' ').trimEnd());
}

/** A word in parts that fit on a line. */
function segmentsOf(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns) return [word];
  const pieces = [''];
  for (const character of word) {
    const longer = `${pieces.at(-1)}${character}`;
    if (columnsOf(longer) <= columns) pieces[pieces.length - 1] = longer;
    else pieces.push(character);
  }
  return pieces;
}

/** A text that is cut, with an ellipsis, where it is wider than so many columns. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let left = columns - 1;
  const fitting = [...text].filter((character) => {
    left -= columnsOf(character);
    return left >= 0;
  });
  return `${fitting.join('')}…`;
}
