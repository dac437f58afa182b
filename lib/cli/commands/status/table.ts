import type { GroupStatus, Status, TaskStatus } from '../../../status/status.ts';
import type { Style } from '../../terminal/colours.ts';
import { type TerminalFormat, tableLines } from '../../terminal/table.ts';
import { figureWords, nameOf, readyWords, sinceWords, words } from './words.ts';

const HEADINGS = ['TASK', 'PHASE', 'FOR', 'FIGURES', 'READY', 'LOOK'];

const STYLES: Readonly<Record<TaskStatus['severity'], Style | undefined>> = {
  info: undefined,
  action: 'yellow',
  success: 'green',
  failure: 'red',
};

/** Tasks as a table for people: a heading, then one line each. `FOR` is the age of the phase, `LOOK` that of the last good look. */
export function taskTable({ tasks, at }: Status, format: TerminalFormat): string[] {
  return tableLines(
    {
      headings: HEADINGS,
      rows: tasks.map((task) => rowOf(task, at)),
      flexible: ['TASK', 'FIGURES', 'READY'],
      figures: ['FIGURES'],
      style: (row, heading) => {
        const task = tasks[row];
        if (task === undefined) return undefined;
        if (heading === 'PHASE') return STYLES[task.severity];
        return heading === 'READY' && task.readiness.state === 'ready' ? 'green' : undefined;
      },
    },
    format,
  );
}

function rowOf(task: TaskStatus, now: string): string[] {
  const { phase, since, failing, lastLookAt } = task;
  const age = lastLookAt === undefined ? 'none' : sinceWords(lastLookAt, now);
  return [
    nameOf(task),
    phase ?? 'not seen',
    since === undefined ? '' : sinceWords(since, now),
    figureWords(task),
    readyWords(task),
    failing === undefined ? age : 'fails',
  ];
}

/** Groups of tasks as a table. */
export function groupTable(groups: readonly GroupStatus[], format: TerminalFormat): string[] {
  return tableLines(
    {
      headings: ['GROUP', 'TASKS', 'READY', 'DONE', 'FAILED', 'ANNOUNCED'],
      rows: groups.map(({ name, tasks, ready, done, failed, announced }) => [
        words(name),
        ...[tasks, ready, done, failed].map(String),
        announced.join(', ') || '-',
      ]),
      flexible: ['GROUP'],
    },
    format,
  );
}
