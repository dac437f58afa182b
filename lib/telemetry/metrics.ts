import type { OutcomeClass } from '../channels/channel.ts';
import { isWorking } from './health.ts';
import type { LogEntry, TickReport } from './log.ts';

/** One figure of one tick. The units are CloudWatch's words. */
export interface Metric {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  readonly value: number;
}

/** Counts of the log entries of one tick. */
export interface EntryCounts {
  readonly report?: TickReport;
  readonly deadLetters: number;
  readonly deliveries: ReadonlyMap<OutcomeClass, number>;
}

/** Before the first entry. */
export const NOTHING: EntryCounts = { deadLetters: 0, deliveries: new Map() };

/** The tally with one more entry of the log. */
export function counted(tally: EntryCounts, entry: LogEntry): EntryCounts {
  switch (entry.kind) {
    case 'tick': {
      const { kind: _tick, ...report } = entry;
      return { ...tally, report };
    }
    case 'delivery': {
      const { outcome, eventIds } = entry;
      const sum = (tally.deliveries.get(outcome) ?? 0) + eventIds.length;
      return { ...tally, deliveries: new Map([...tally.deliveries, [outcome, sum]]) };
    }
    case 'dead_letter':
      return { ...tally, deadLetters: tally.deadLetters + 1 };
    default:
      return tally;
  }
}

const DELIVERIES = {
  delivered: 'DeliveriesDelivered',
  transient: 'DeliveriesTransient',
  pause: 'DeliveriesPause',
  permanent: 'DeliveriesPermanent',
  broken: 'DeliveriesBroken',
} as const satisfies Record<OutcomeClass, string>;

/**
 * The figures of a tick. Those of every tick are ten: so many metrics CloudWatch gives for nothing. A metric costs for
 * each hour in which it is sent, so deliveries, which are rare, are only sent where there was one.
 *
 * @returns none when the tick did not come to its end: it is the missing `Ticks` that an alarm waits for
 */
export function metricsOf({ report, deadLetters, deliveries }: EntryCounts): readonly Metric[] {
  if (report === undefined) return [];
  const count = (name: string, value: number): Metric => ({ name, unit: 'Count', value });
  return [
    count('Ticks', isWorking(report) ? 1 : 0),
    { name: 'TickDuration', unit: 'Milliseconds', value: report.ms },
    count('Looks', report.looks),
    count('FailedLooks', report.failedLooks),
    count('Events', report.events),
    count('DeadLetters', deadLetters),
    count('PendingDeliveries', report.pending),
    { name: 'PendingAge', unit: 'Seconds', value: Math.floor(report.pendingAgeMs / 1000) },
    // Whether somebody calls it broken or not: nothing is heard there.
    count('BrokenChannels', report.brokenChannels + report.silent.length),
    count('Blind', report.blind.length),
    ...[...deliveries].map(([outcome, value]) => count(DELIVERIES[outcome], value)),
  ];
}
