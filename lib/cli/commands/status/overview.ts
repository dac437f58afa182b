import { wrapped } from '../../../base/columns.ts';
import { count } from '../../../base/text.ts';
import type { Status } from '../../../status/status.ts';
import type { TerminalFormat } from '../../terminal/table.ts';
import type { Times } from '../../terminal/times.ts';
import { type Section, sectionsOf } from './sections.ts';
import { groupTable, taskTable } from './table.ts';
import { sinceWords } from './words.ts';

const COLUMNS = 80;

/** Everything that is known, for people. */
export function overviewLines(status: Status, times: Times, format: TerminalFormat): string[] {
  const { tasks, groups } = status;
  return [
    ...wrapped(headLine(status, times), format.columns ?? COLUMNS, '  '),
    '',
    ...(tasks.length === 0 ? ['No task is known yet.'] : taskTable(status, format)),
    ...(groups.length === 0 ? [] : ['', ...groupTable(groups, format)]),
    ...sectionsOf(status, times).flatMap((section) => ['', ...sectionLines(section, format)]),
  ];
}

function headLine({ at, lastTick, tasks }: Status, times: Times): string {
  if (lastTick === undefined) return `${times(at)}: no good tick has left a mark yet`;
  const { at: tickAt, failedLooks, isOld } = lastTick;
  const failed = failedLooks === 0 ? '' : `, ${count(failedLooks, 'failed look')}`;
  const age = sinceWords(tickAt, at);
  const old = isOld ? ': see whether the watcher still runs' : '';
  return `${times(at)}: ${count(tasks.length, 'task')}, last good tick ${age} ago${failed}${old}`;
}

/** A heading, and each line with what does not fit below it. */
export function sectionLines(
  { heading, lines }: Section,
  { columns = COLUMNS, paint }: TerminalFormat,
): string[] {
  return [paint('bold', heading), ...lines.flatMap((line) => wrapped(`  ${line}`, columns, '    '))];
}
