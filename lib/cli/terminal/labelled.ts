import { columnsOf, wrapped } from '../../base/columns.ts';
import type { Style } from './colours.ts';
import type { TerminalFormat } from './table.ts';

/** A value with its label, and their styles. */
export interface Labelled {
  readonly label: string;
  readonly value: string;
  readonly style?: Style | undefined;
  readonly labelStyle?: Style | undefined;
}

export interface LabelColumn {
  /** The width of the labels; absent: that of the widest. Columns of a terminal. */
  readonly width?: number | undefined;
  /** Begins every line. */
  readonly indent?: string;
}

export const USUAL_COLUMNS = 80;
const GAP = '  ';
/** A narrower value says nothing, whatever the terminal. Columns of a terminal. */
const LEAST = 20;

/** Values one below the other, beside a column of labels, with what does not fit below its value. */
export function labelledLines(
  all: readonly Labelled[],
  { columns = USUAL_COLUMNS, paint }: TerminalFormat,
  { width = widthOf(all), indent = '' }: LabelColumn = {},
): string[] {
  const room = Math.max(LEAST, columns - indent.length - width - GAP.length);
  const painted = (style: Style | undefined, text: string) =>
    style === undefined ? text : paint(style, text);
  return all.flatMap(({ label, value, style, labelStyle }) =>
    wrapped(value, room).map((line, at) => {
      const shown = at === 0 ? label : '';
      const head = `${shown}${' '.repeat(width - columnsOf(shown))}`;
      return `${indent}${painted(labelStyle, head)}${GAP}${painted(style, line)}`;
    }),
  );
}

/** The width of the widest label. */
export function widthOf(all: readonly { readonly label: string }[]): number {
  return Math.max(0, ...all.map(({ label }) => columnsOf(label)));
}
