import type { KnownDelivery } from '../../../delivery/redrive/known-deliveries.ts';
import { duration } from '../../../language/en/figures.ts';
import type { History, HistoryEvent, PastPhase } from '../../../status/history.ts';
import { type TerminalFormat, tableLines } from '../../terminal/table.ts';
import type { Times } from '../../terminal/times.ts';
import { factLines } from '../status/facts.ts';
import { taskFacts } from '../status/one-task.ts';
import { sectionLines } from '../status/overview.ts';
import { words } from '../status/words.ts';

/** One migration, for people: its phases, then its events with the result of each delivery. */
export function historyLines(
  { at, task, phases, events }: History,
  times: Times,
  format: TerminalFormat,
): string[] {
  const shown = events.flatMap((event) => eventLines(event, times));
  const none = 'No event of it is on record.';
  return [
    ...factLines(taskFacts(task, times), format),
    '',
    ...phaseTable(phases, at, times, format),
    '',
    ...sectionLines({ heading: 'EVENTS', lines: shown.length === 0 ? [none] : shown }, format),
  ];
}

function phaseTable(
  phases: readonly PastPhase[],
  now: string,
  times: Times,
  format: TerminalFormat,
): string[] {
  if (phases.length === 0) return ['No look has seen it yet.'];
  return tableLines(
    {
      headings: ['FROM', 'PHASE', 'STATUS', 'FOR'],
      rows: phases.map(({ phase, status, from, to }) => [
        times(from),
        phase,
        words(status),
        duration(Date.parse(to ?? now) - Date.parse(from)),
      ]),
      flexible: ['STATUS'],
    },
    format,
  );
}

function eventLines({ time, summary, deliveries }: HistoryEvent, times: Times): string[] {
  return [
    `${times(time)}  ${words(summary)}`,
    ...deliveries.map((delivery) => `  - ${deliveryWords(delivery, times)}`),
  ];
}

/** `ops: delivered 2026-01-05 10:12:07 UTC`, `cutover: dead (refused)`, `audit: pending, next attempt …` */
function deliveryWords(delivery: KnownDelivery, times: Times): string {
  const { channel, state, why, diedAt, deliveredAt, nextAttemptAt, heldUntil, heldBy } = delivery;
  const facts = [
    why === undefined ? state : `${state} (${words(why)})`,
    deliveredAt === undefined ? '' : ` at ${times(deliveredAt)}`,
    diedAt === undefined ? '' : ` at ${times(diedAt)}`,
    heldUntil === undefined ? '' : `, ${heldBy === 'mute' ? 'muted' : 'quiet'} until ${times(heldUntil)}`,
    heldUntil !== undefined || nextAttemptAt === undefined ? '' : `, next attempt ${times(nextAttemptAt)}`,
  ];
  return `${words(channel)}: ${facts.join('')}`;
}
