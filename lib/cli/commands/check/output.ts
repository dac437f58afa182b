import { wrapped } from '../../../base/columns.ts';
import { count } from '../../../base/text.ts';
import type { CheckupSection, Finding, FindingOutcome } from '../../../checkup/finding.ts';
import { LATER, ok } from '../../../checkup/finding.ts';
import type { Paint, Style } from '../../terminal/colours.ts';

/** The width and the styles of the terminal, and its symbols. */
export interface CheckFormat {
  /** The width of the terminal; absent: lines are as long as they are. */
  readonly columns?: number | undefined;
  readonly paint: Paint;
  /** Symbols instead of words. */
  readonly isReadAlong: boolean;
}

interface Mark {
  readonly word: string;
  readonly symbol: string;
  readonly style: Style;
}

const MARKS: Readonly<Record<FindingOutcome, Mark>> = {
  ok: { word: 'ok', symbol: '✓', style: 'green' },
  problem: { word: 'PROBLEM', symbol: '✗', style: 'red' },
  warning: { word: 'warning', symbol: '!', style: 'yellow' },
  unchecked: { word: 'unchecked', symbol: '-', style: 'dim' },
};

const WIDEST_MARK = Math.max(...Object.values(MARKS).map(({ word }) => word.length));
const GAP = '  ';
const ARROW = '→ ';
/** Narrower terminals wrap the lines themselves. */
const LEAST_COLUMNS = 20;

/** Nothing has to be mended. What may be meant, and what nobody could know, is no fault. */
export function isGood(sections: readonly CheckupSection[]): boolean {
  return countOf(sections, 'problem') === 0;
}

/** A group for each place, a line for each finding, below it what to do. */
export function checkupLines(sections: readonly CheckupSection[], format: CheckFormat): string[] {
  const folded = sections.map((section) => ({
    ...section,
    findings: uncheckedTogether(withoutMany(section.findings)),
  }));
  const labels = folded.flatMap(({ findings }) => findings.map(({ what }) => what.length));
  const width = Math.max(0, ...labels);
  const groups = folded.flatMap(({ kind, name, findings }) => [
    format.paint('bold', kind === name ? name : `${kind} ${name}`),
    ...findings.flatMap((finding) => linesOf(finding, width, format)),
    '',
  ]);
  return [...groups, summaryOf(sections)];
}

function linesOf(finding: Finding, labelWidth: number, format: CheckFormat): string[] {
  const { what, outcome, words, advice } = finding;
  const { columns, paint, isReadAlong } = format;
  const { word, symbol, style } = MARKS[outcome];
  const mark = isReadAlong ? symbol : word.padEnd(WIDEST_MARK);
  const indent = GAP.length + mark.length + GAP.length + labelWidth + GAP.length;
  const room = Math.max(LEAST_COLUMNS, (columns ?? Number.POSITIVE_INFINITY) - indent);
  const [first = '', ...more] = wrapped(words, room);
  const todo = advice === undefined ? [] : wrapped(`${ARROW}${advice}`, room, ' '.repeat(ARROW.length));
  const head = `${GAP}${paint(style, mark)}${GAP}${what.padEnd(labelWidth)}${GAP}${first}`;
  return [head.trimEnd(), ...[...more, ...todo].map((line) => `${' '.repeat(indent)}${line}`)];
}

/** More good tasks than this are one line. */
const MOST_TASKS = 5;

function withoutMany(findings: readonly Finding[]): Finding[] {
  const isGoodTask = ({ what, outcome }: Finding) => what === 'task' && outcome === 'ok';
  const good = findings.filter(isGoodTask).length;
  if (good <= MOST_TASKS) return [...findings];
  const at = findings.findIndex(isGoodTask);
  const others = findings.filter((finding) => !isGoodTask(finding));
  return others.toSpliced(at, 0, ok('tasks', `${good} are seen`));
}

/** Several unchecked findings in a row are one line. */
function uncheckedTogether(findings: readonly Finding[]): Finding[] {
  const groups: Finding[][] = [];
  for (const finding of findings) {
    const last = groups.at(-1);
    const isMore = finding.outcome === 'unchecked' && last?.[0]?.outcome === 'unchecked';
    if (isMore) last.push(finding);
    else groups.push([finding]);
  }
  return groups.flatMap((group) => {
    const [first, second] = group;
    if (first === undefined || second === undefined) return group;
    const names = [...new Set(group.map(({ what }) => what))];
    return [{ ...first, what: `${group.length} more`, words: `${names.join(', ')}: ${LATER}` }];
  });
}

/** `12 good, 1 problem` */
function summaryOf(sections: readonly CheckupSection[]): string {
  const bad = [
    [countOf(sections, 'problem'), 'problem'],
    [countOf(sections, 'warning'), 'warning'],
  ] as const;
  const badCounts = bad.flatMap(([n, word]) => (n === 0 ? [] : [count(n, word)]));
  const open = countOf(sections, 'unchecked');
  const rest = open === 0 ? [] : [`${open} unchecked`];
  const good = countOf(sections, 'ok');
  if (badCounts.length === 0 && open === 0) return `All ${good} good.`;
  return `${[`${good} good`, ...badCounts, ...rest].join(', ')}.`;
}

function countOf(sections: readonly CheckupSection[], outcome: FindingOutcome): number {
  return sections.flatMap(({ findings }) => findings).filter((one) => one.outcome === outcome).length;
}

/** The lines that somebody must read, one for each problem. */
export function problemLines(sections: readonly CheckupSection[]): string[] {
  return sections.flatMap(({ kind, name, findings }) =>
    findings.flatMap(({ what, outcome, words, advice = '' }) =>
      outcome === 'problem' || outcome === 'warning'
        ? [`${kind} ${name}: ${what}: ${words}. ${advice}`.trimEnd()]
        : [],
    ),
  );
}

/** For programs. */
export function documentOf(sections: readonly CheckupSection[]) {
  return {
    good: isGood(sections),
    problems: countOf(sections, 'problem'),
    warnings: countOf(sections, 'warning'),
    sections,
  };
}
