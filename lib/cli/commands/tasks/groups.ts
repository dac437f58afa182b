import { printable } from '../../../base/text.ts';
import type { Style } from '../../terminal/colours.ts';
import { type Labelled, labelledLines, USUAL_COLUMNS, widthOf } from '../../terminal/labelled.ts';
import type { TerminalFormat } from '../../terminal/table.ts';

/** A label, its value (nothing: the service says none), and the style of that. */
export type Fact = readonly [label: string, value: string | null | undefined, style?: Style | undefined];

/** Facts below a title. */
export interface Group {
  readonly title?: string;
  readonly facts: readonly Fact[];
}

const MOST_COLUMNS = 120;
const INDENT = '  ';
const NOTHING = '-';

/** Facts as lines: labels in a column of their own, the same for all groups. */
export function groupLines(
  groups: readonly Group[],
  { columns = USUAL_COLUMNS, paint }: TerminalFormat,
): string[] {
  const format = { columns: Math.min(columns, MOST_COLUMNS), paint };
  const shown = groups
    .map(({ title, facts }) => ({ title, facts: facts.map(labelledOf) }))
    .filter(({ facts }) => facts.length > 0);
  const width = widthOf(shown.flatMap(({ facts }) => facts));
  return shown.flatMap(({ title, facts }, at) => {
    const lines = labelledLines(facts, format, { width, indent: title === undefined ? '' : INDENT });
    return [...(at === 0 ? [] : ['']), ...(title === undefined ? [] : [paint('bold', title)]), ...lines];
  });
}

function labelledOf([label, value, style]: Fact): Labelled {
  return { label, value: printable(value || NOTHING), style };
}
