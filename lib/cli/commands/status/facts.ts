import { labelledLines } from '../../terminal/labelled.ts';
import type { TerminalFormat } from '../../terminal/table.ts';

/** A label with its value; one without a value is left out. */
export type Fact = readonly [label: string, value: string | undefined];

/** Facts one below the other. */
export function factLines(facts: readonly Fact[], format: TerminalFormat): string[] {
  const known = facts.flatMap(([label, value]) =>
    value === undefined ? [] : [{ label, value, labelStyle: 'bold' as const }],
  );
  return labelledLines(known, format);
}
