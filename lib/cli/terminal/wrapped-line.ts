import { wrapped } from '../../base/columns.ts';

/** The time and the mark that a line of the log begins with. */
const HEAD = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:Z| \S+) . /;
/** Columns that a message needs beside its time. Narrower, it goes on near the margin. */
const LEAST = 40;
const NARROW_INDENT = 2;

/**
 * A line of the log as lines of a terminal; the message goes on below its beginning, so that times stand out.
 *
 * @param columns of the terminal; absent: the line as it is
 */
export function wrappedLine(line: string, columns: number | undefined): string {
  if (columns === undefined) return line;
  const { length } = HEAD.exec(line)?.[0] ?? '';
  const indent = columns - length >= LEAST ? length : NARROW_INDENT;
  return wrapped(line, Math.max(LEAST, columns), ' '.repeat(indent)).join('\n');
}
