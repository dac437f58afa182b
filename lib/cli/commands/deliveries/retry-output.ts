import { count, printable } from '../../../base/text.ts';
import type { RetryReport, RetryResult } from '../../../delivery/redrive/retry.ts';
import { type BrokenChannel, brokenWords } from '../../../telemetry/health.ts';
import { type Times, withTimes } from '../../terminal/times.ts';

const RESULTS: Readonly<Record<RetryResult['kind'], string>> = {
  delivered: 'delivered',
  pending: 'still pending',
  dead: 'dead',
  settled: 'dealt with by another run',
};

/** The results of a retry in sentences: a line for each delivery that did not arrive, then the sum. */
export function retryLines({ retried }: RetryReport): string[] {
  const left = retried.filter(({ kind }) => kind !== 'delivered');
  return [...left.map((one) => printable(words(one))), sum(retried)];
}

/** The same as JSON: an object for each delivery. */
export function retryJson({ retried }: RetryReport): string[] {
  return retried.map(({ event, channel, kind, why }) =>
    JSON.stringify({
      kind: 'retried',
      result: kind,
      why,
      channel,
      eventId: event.id,
      type: event.type,
      time: event.time,
    }),
  );
}

/** The channels that are broken: a line for each, with since when, when it is tried next, and why. */
export function brokenLines(broken: readonly BrokenChannel[], times: Times): string[] {
  return broken.map((one) => printable(`channel ${withTimes(brokenWords(one), times)}: ${one.reason}`));
}

/** The same as JSON: an object for each channel. */
export function brokenJson(broken: readonly BrokenChannel[]): string[] {
  return broken.map((one) => JSON.stringify({ kind: 'channel', state: 'broken', ...one }));
}

/** Whether all that was pending arrived. */
export function haveAllArrived({ retried }: RetryReport): boolean {
  return retried.every(({ kind }) => kind === 'delivered' || kind === 'settled');
}

function words({ event, channel, kind, why }: RetryResult): string {
  const reason = why === undefined ? '' : ` (${why})`;
  return `${RESULTS[kind]}${reason}: ${event.id} to ${channel}: ${event.data.summary}`;
}

function sum(retried: readonly RetryResult[]): string {
  const of = (kind: RetryResult['kind']): number => retried.filter((one) => one.kind === kind).length;
  const others = (['dead', 'settled'] as const).flatMap((kind) =>
    of(kind) > 0 ? [`${of(kind)} ${RESULTS[kind]}`] : [],
  );
  const sums = [`${of('delivered')} delivered`, `${of('pending')} still pending`, ...others];
  return `${count(retried.length, 'delivery was', 'deliveries were')} pending: ${sums.join(', ')}.`;
}
