import { columnsOf, wrapped } from '../../../base/columns.ts';
import type { Sheet } from '../../terminal/table.ts';

/** A label with its value; one without a value is left out. */
export type Fact = readonly [label: string, value: string | undefined];

const COLUMNS = 80;
const GAP = '  ';

/** Facts one below the other, with what does not fit below its value. */
export function factLines(facts: readonly Fact[], { columns = COLUMNS, paint }: Sheet): string[] {
  const known = facts.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
  const width = Math.max(...known.map(({ label }) => columnsOf(label)));
  return known.flatMap(({ label, value }) =>
    wrapped(value, columns - width - GAP.length).map((line, i) => {
      const shown = i === 0 ? label : '';
      return `${paint('bold', shown.padEnd(width))}${GAP}${line}`;
    }),
  );
}
