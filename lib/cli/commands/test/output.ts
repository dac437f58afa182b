import { count, printable } from '../../../base/text.ts';
import { type DrillAnswer, type DrillReport, haveAllTaken } from '../../../drill/drill.ts';
import { type TerminalFormat, tableLines } from '../../terminal/table.ts';

const HEADINGS = ['CHANNEL', 'TYPE', 'EVENT', 'ANSWER', 'HTTP', 'MS', 'REASON'];

/** The answer of each channel, the channels left out, and the sum. */
export function reportLines(report: DrillReport, format: TerminalFormat): string[] {
  const { answers, leftOut } = report;
  return [
    ...(answers.length === 0 ? [] : tableOf(answers, format)),
    ...leftOut.map(({ channel, why }) => printable(`${channel}: left out: ${why}`)),
    '',
    sumOf(report),
  ];
}

function tableOf(answers: readonly DrillAnswer[], { columns, paint }: TerminalFormat): string[] {
  return tableLines(
    {
      headings: HEADINGS,
      rows: answers.map(rowOf),
      flexible: ['REASON', 'EVENT'],
      style: (row, heading) => (heading === 'ANSWER' ? styleOf(answers[row]) : undefined),
    },
    { columns, paint },
  );
}

function rowOf({ channel, type, event, class: answer, status, ms, reason }: DrillAnswer): string[] {
  return [channel, type, event, answer, status === undefined ? '' : String(status), String(ms), reason].map(
    printable,
  );
}

function styleOf(answer: DrillAnswer | undefined) {
  return answer?.class === 'delivered' ? 'green' : 'red';
}

function sumOf({ answers }: DrillReport): string {
  if (answers.length === 0) return 'No channel got a message.';
  const taken = answers.filter(isTaken).length;
  if (taken === answers.length) return `${count(taken, 'channel')} took it.`;
  return `${taken} of ${count(answers.length, 'channel')} took it.`;
}

function isTaken(answer: DrillAnswer): boolean {
  return answer.class === 'delivered';
}

/** The lines that somebody must read, one for each problem. */
export function problemLines({ answers, leftOut }: DrillReport): string[] {
  const refused = answers.filter((answer) => !isTaken(answer));
  const missing = leftOut.filter(({ isNamed }) => isNamed || answers.length === 0);
  return [
    ...refused.map(({ channel, class: answer, reason }) => `${channel}: ${answer}: ${reason}`),
    ...missing.map(({ channel, why }) => `${channel}: left out: ${why}`),
  ].map(printable);
}

/** For programs. */
export function documentOf(report: DrillReport) {
  const { answers, leftOut } = report;
  const left = leftOut.map(({ channel, type, why }) => ({ channel, type, why }));
  return { good: haveAllTaken(report), answers, leftOut: left };
}
