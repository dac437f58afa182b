import { columnsOf } from '../../lib/base/columns.ts';

/** A word with the signs that stay with it. Chinese may be broken between any two characters. */
const WORD = / +|[（“]*\p{sc=Han}[，。；：、）”…]*|[（“]*[^ \p{sc=Han}，。；：、）”（“]+[，。；：、）”]*|./gu;

const INDENT = '  ';

/** A text as lines of at most so many columns, all but the first indented. A longer word has a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const [word] of text.matchAll(WORD)) {
    const longer = `${lines.at(-1)}${word}`;
    if (columnsOf(longer) <= columns || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(`${INDENT}${word.trimStart()}`);
  }
  return lines.map((line) => line.trimEnd());
}
