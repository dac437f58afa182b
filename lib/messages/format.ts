import { oneLine } from '../base/text.ts';
import type { Language } from '../language/language.ts';

/** Vendors refuse texts without a character. */
export function isSaid(text: string | undefined): text is string {
  return text !== undefined && oneLine(text) !== '';
}

/** The length of a text in UTF-16 units, or of its escaped form. */
export type LengthOf = (text: string) => number;

/** Stands for what was cut; in bytes it is three long. */
const CUT = '…';

/**
 * Foreign text as one line, cut between two characters where it is too long.
 *
 * @param max the greatest length of the result, the `…` of a cut included
 */
export function cut(text: string, max: number, lengthOf: LengthOf): string {
  const line = oneLine(text);
  if (lengthOf(line) <= max) return line;
  const cutLength = lengthOf(CUT);
  let length = 0;
  let end = 0;
  let cutAt = 0;
  for (const character of line) {
    length += lengthOf(character);
    if (length > max) return `${line.slice(0, cutAt)}${CUT}`;
    end += character.length;
    if (length + cutLength <= max) cutAt = end;
  }
  return line;
}

/**
 * As many lines as have room, from the first on.
 *
 * @param max the most characters of all lines together, with the ends of lines
 */
export function withinRoom(lines: readonly string[], max: number): readonly string[] {
  let characters = 0;
  const tooMany = lines.findIndex((line) => {
    characters += line.length + 1;
    return characters > max;
  });
  return tooMany === -1 ? lines : lines.slice(0, tooMany);
}

const BAR_LENGTH = 10;

/** `▓▓▓▓▓░░░░░ 50 %`. A bar is full only when nothing is left. */
export function bar(percent: number, { figures }: Language): string {
  const part = Math.min(BAR_LENGTH, Math.max(0, Math.floor((percent / 100) * BAR_LENGTH)));
  return `${'▓'.repeat(part)}${'░'.repeat(BAR_LENGTH - part)} ${figures.percent(percent)}`;
}
