import { columnsOf, cutTo, wrapped } from '../../base/columns.ts';
import type { Paint, Style } from './colours.ts';

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The columns that may be cut to fit, by their headings; none below {@link LEAST}. */
  readonly flexible?: readonly string[];
  /** The columns in which no number is cut in two, by their headings: half a number reads as a smaller one. */
  readonly figures?: readonly string[];
  /** The columns that stay where all of them do not fit, by their headings; absent: all. */
  readonly first?: readonly string[];
  /** The style of a cell. */
  style?(row: number, heading: string): Style | undefined;
}

/** The width and the styles of the terminal that a table is for. */
export interface TerminalFormat {
  /** The width of the terminal; absent: as wide as it gets. */
  readonly columns?: number | undefined;
  readonly paint: Paint;
}

const GAP = '  ';
/** Less of a cell says nothing. Columns of a terminal. */
const LEAST = 12;

/**
 * A table as lines: a heading, then one line for each row. Where it is too wide for the terminal, flexible columns are
 * cut; where that does not do, only the first columns stay, or each row becomes a block with a line for each of its cells.
 */
export function tableLines(table: Table, { columns, paint }: TerminalFormat): string[] {
  const widths = widthsOf(table);
  if (columns === undefined || sum(widths) <= columns) return rowLines(table, widths, paint);
  const cut = cutWidths(table, widths, columns);
  if (sum(cut) <= columns) return rowLines(table, cut, paint);
  const fewer = withFirst(table);
  const fewerCut = cutWidths(fewer, widthsOf(fewer), columns);
  return sum(fewerCut) <= columns ? rowLines(fewer, fewerCut, paint) : blockLines(table, columns, paint);
}

function withFirst(table: Table): Table {
  const { headings, rows, first = headings } = table;
  const isKept = (_cell: string, at: number) => first.includes(headings[at] ?? '');
  return { ...table, headings: headings.filter(isKept), rows: rows.map((row) => row.filter(isKept)) };
}

/** The width of a table that nothing is cut of. Columns of a terminal. */
export function tableWidth(table: Table): number {
  return sum(widthsOf(table));
}

function widthsOf({ headings, rows }: Table): number[] {
  return headings.map((heading, at) =>
    Math.max(...[heading, ...rows.map((row) => row[at] ?? '')].map(columnsOf)),
  );
}

function sum(widths: readonly number[]): number {
  return widths.reduce((whole, width) => whole + width, GAP.length * (widths.length - 1));
}

/** The widest of the flexible columns give way first. */
function cutWidths(
  { headings, flexible = [] }: Table,
  natural: readonly number[],
  columns: number,
): number[] {
  const widths = [...natural];
  const isFlexible = headings.map((heading) => flexible.includes(heading));
  while (sum(widths) > columns) {
    const widest = widths
      .map((width, at) => ({ width, at }))
      .filter(({ width, at }) => isFlexible[at] === true && width > LEAST)
      .toSorted((a, b) => b.width - a.width)[0];
    if (widest === undefined) return widths;
    widths[widest.at] = widest.width - 1;
  }
  return widths;
}

function cutBeforeNumber(cell: string, width: number): string {
  const cut = cutTo(cell, width);
  return cut === cell ? cell : cut.replace(/\d[\d.,]*…$/, '…');
}

function rowLines(table: Table, widths: readonly number[], paint: Paint): string[] {
  const { headings, rows } = table;
  const heading = lineOf(headings.map((cell, at) => paint('bold', padded(cell, widths[at]))));
  const lines = rows.map((row, at) =>
    lineOf(
      row.map((cell, column) => {
        const width = widths[column] ?? 0;
        const hasFigures = table.figures?.includes(headings[column] ?? '') === true;
        const cut = hasFigures ? cutBeforeNumber(cell, width) : cutTo(cell, width);
        return painted(table, { row: at, column }, paint)(padded(cut, width));
      }),
    ),
  );
  return [heading, ...lines];
}

function lineOf(cells: readonly string[]): string {
  return cells.join(GAP).trimEnd();
}

interface CellPosition {
  readonly row: number;
  readonly column: number;
}

function painted(
  { headings, style }: Table,
  { row, column }: CellPosition,
  paint: Paint,
): (text: string) => string {
  const chosen = style?.(row, headings[column] ?? '');
  return (text) => (chosen === undefined ? text : paint(chosen, text));
}

function blockLines(table: Table, columns: number, paint: Paint): string[] {
  const { headings, rows } = table;
  const width = Math.max(...headings.map(columnsOf));
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : ['']),
    ...row.flatMap((cell, column) => {
      if (cell === '') return [];
      const paintCell = painted(table, { row: at, column }, paint);
      return wrapped(cell, columns - width - GAP.length).map((line, i) => {
        const label = padded(i === 0 ? (headings[column] ?? '') : '', width);
        return `${paint('bold', label)}${GAP}${paintCell(line)}`;
      });
    }),
  ]);
}

function padded(text: string, width = 0): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}
