import { count as counted, printable } from '../../../base/text.ts';
import type { RedriveReport } from '../../../delivery/redrive/redrive.ts';
import type { RedriveResult } from '../../../delivery/redrive/result.ts';
import { type Times, withTimes } from '../../terminal/times.ts';

/** The results of a redrive in sentences: a line for each dead letter, then the sum. */
export function redriveLines({ results, isDryRun }: RedriveReport, times: Times): string[] {
  const lines = results.map((result) => printable(resultWords(result, times)));
  return [...lines, sumWords(results, isDryRun)];
}

/** Whether none of them died again. */
export function isNoneDead({ results }: RedriveReport): boolean {
  return results.every(({ kind }) => kind !== 'dead');
}

/** The same as JSON: an object for each dead letter. */
export function redriveJson({ results }: RedriveReport): string[] {
  return results.map(({ deadLetter, kind, why }) =>
    JSON.stringify({
      kind: 'redriven',
      result: kind,
      why,
      channel: deadLetter.channel,
      eventId: deadLetter.event.id,
      type: deadLetter.event.type,
      time: deadLetter.event.time,
      diedAt: deadLetter.diedAt,
      diedOf: deadLetter.why,
    }),
  );
}

const RESULTS: Readonly<Record<RedriveResult['kind'], string>> = {
  delivered: 'delivered',
  pending: 'put back, due in the next tick',
  dead: 'dead again',
  possible: 'would be put back',
  skipped: 'left as it is',
};

function resultWords({ deadLetter, kind, why }: RedriveResult, times: Times): string {
  const { event, channel, diedAt, why: cause } = deadLetter;
  const reason = why === undefined ? '' : ` (${withTimes(why, times)})`;
  return `${RESULTS[kind]}${reason}: ${event.id} to ${channel}, dead since ${times(diedAt)} (${cause}): ${event.data.summary}`;
}

function sumWords(results: readonly RedriveResult[], isDryRun: boolean): string {
  const count = (...kinds: RedriveResult['kind'][]): number =>
    results.filter(({ kind }) => kinds.includes(kind)).length;
  const deadLetters = counted(results.length, 'dead letter matches', 'dead letters match');
  if (isDryRun) {
    return `${deadLetters}: ${count('possible')} would be put back, ${count('skipped')} left. Nothing was done.`;
  }
  const sums = [
    `${count('delivered', 'pending', 'dead')} put back`,
    `${count('delivered')} delivered`,
    `${count('pending')} pending`,
    `${count('dead')} dead again`,
    `${count('skipped')} left`,
  ];
  return `${deadLetters}: ${sums.join(', ')}.`;
}
