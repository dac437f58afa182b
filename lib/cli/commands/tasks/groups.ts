import { wrapped } from '../../../base/columns.ts';
import { printable } from '../../../base/text.ts';
import type { Style } from '../../terminal/colours.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A label, its value (nothing: the service says none), and the style of that. */
export type Fact = readonly [label: string, value: string | null | undefined, style?: Style | undefined];

/** Facts below a title. */
export interface Group {
  readonly title?: string;
  readonly facts: readonly Fact[];
}

const USUAL_COLUMNS = 80;
const MOST_COLUMNS = 120;
const GAP = '  ';
const NOTHING = '-';

/** Facts as lines: labels in a column of their own, values wrapped beside it. */
export function groupLines(groups: readonly Group[], terminal: Terminal): string[] {
  const shown = groups.filter(({ facts }) => facts.length > 0);
  const width = Math.max(...shown.flatMap(({ facts }) => facts.map(([label]) => label.length)));
  return shown.flatMap((group, at) => [...(at === 0 ? [] : ['']), ...linesOf(group, width, terminal)]);
}

function linesOf({ title, facts }: Group, width: number, { columns, paint }: Terminal): string[] {
  const most = Math.min(columns ?? USUAL_COLUMNS, MOST_COLUMNS);
  const indent = title === undefined ? '' : GAP;
  const room = Math.max(20, most - indent.length - width - GAP.length);
  const lines = facts.flatMap(([label, value, style]) =>
    wrapped(printable(value || NOTHING), room).map((line, at) => {
      const head = (at === 0 ? label : '').padEnd(width);
      return `${indent}${head}${GAP}${style === undefined ? line : paint(style, line)}`;
    }),
  );
  return title === undefined ? lines : [paint('bold', title), ...lines];
}
