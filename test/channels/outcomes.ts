import type { OutcomeClass } from '../../lib/channels/channel.ts';

type Row = readonly [first: number, last: number, expected: OutcomeClass];

/** Rows `[first, last, class]` as a class for every status; later rows win. */
export function outcomeTable(rows: readonly Row[]): Map<number, OutcomeClass> {
  const table = new Map<number, OutcomeClass>();
  for (const [first, last, expected] of rows) {
    for (let status = first; status <= last; status += 1) table.set(status, expected);
  }
  return table;
}
