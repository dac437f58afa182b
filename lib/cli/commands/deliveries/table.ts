import { cutTo } from '../../../base/columns.ts';
import { printable } from '../../../base/text.ts';
import type { KnownAttempt, KnownDelivery } from '../../../delivery/redrive/known-deliveries.ts';
import { type TerminalFormat, tableLines } from '../../terminal/table.ts';
import type { Times } from '../../terminal/times.ts';

const HEADINGS = ['EVENT TIME', 'STATE', 'CHANNEL', 'TASK', 'EVENT', 'ATTEMPTS', 'LAST ATTEMPT', 'ID'];
/** The columns that one looks for first. */
const FIRST = ['EVENT TIME', 'STATE', 'CHANNEL', 'TASK', 'EVENT'];
/** Longer cells are cut, so that a row fits a wide window. Characters. */
const MOST = { task: 24, event: 76 } as const;

/** Deliveries as a table for people: a heading, then one line each. */
export function tableOf(
  deliveries: readonly KnownDelivery[],
  times: Times,
  format: TerminalFormat,
): string[] {
  return tableLines(
    {
      headings: HEADINGS,
      rows: deliveries.map((delivery) => rowOf(delivery, (iso) => times(words(iso)))),
      flexible: ['TASK', 'EVENT', 'LAST ATTEMPT'],
      first: FIRST,
      style: (row, heading) => (heading === 'STATE' && deliveries[row]?.state === 'dead' ? 'red' : undefined),
    },
    format,
  );
}

/** Advice on the deliveries that are listed. */
export function adviceOn(deliveries: readonly KnownDelivery[]): string[] {
  const dead = deliveries.filter(({ state }) => state === 'dead').length;
  if (dead === 0) return [];
  return [`${dead} dead: deliveries redrive sends them again; --channel NAME: to one channel`];
}

/** A delivery as one line of JSON, with all that is known of its attempts. */
export function jsonOf({ facts: _facts, ...delivery }: KnownDelivery): string {
  return JSON.stringify(delivery);
}

function rowOf(delivery: KnownDelivery, moment: Times): string[] {
  const { time, channel, attempts, history, eventId } = delivery;
  return [
    time === undefined ? '' : moment(time),
    stateCell(delivery, moment),
    words(channel),
    cutTo(words(delivery.task), MOST.task),
    eventCell(delivery),
    words(attempts),
    attemptWords(history.at(-1), moment),
    words(eventId),
  ];
}

/** `dead (refused)`, `pending (quiet until 2026-01-06 07:00:00)` */
function stateCell({ state, why, heldUntil, heldBy }: KnownDelivery, moment: Times): string {
  const held = heldBy === 'mute' ? 'muted' : 'quiet';
  if (heldUntil !== undefined) return `${state} (${held} until ${moment(heldUntil)})`;
  return why === undefined ? state : `${state} (${words(why)})`;
}

function eventCell(delivery: KnownDelivery): string {
  const { merged = 0 } = delivery;
  const more = merged === 0 ? '' : ` (and ${merged} more)`;
  return `${cutTo(eventWords(delivery), MOST.event - more.length)}${more}`;
}

/** Most summaries begin with the name that has a column of its own. */
function eventWords({ type, summary, task }: KnownDelivery): string {
  const kind =
    words(type ?? '')
      .split('.')
      .at(-1) ?? '';
  const text = words(summary ?? '');
  const name = [`${words(task)}: `, `group ${words(task)}: `].find((name) => text.startsWith(name)) ?? '';
  const what = text.slice(name.length);
  return [kind, what].filter((part) => part !== '').join(' → ');
}

function attemptWords(attempt: KnownAttempt | undefined, moment: Times): string {
  if (attempt === undefined) return 'none';
  const { at, class: outcome, status, ms } = attempt;
  const facts = [
    moment(at),
    words(outcome),
    status === undefined ? '' : `HTTP ${words(status)}`,
    ms === undefined ? '' : `${words(ms)} ms`,
  ];
  return facts.filter((part) => part !== '').join(' ');
}

/** Stored values may be foreign: each becomes one line. */
function words(value: unknown): string {
  return printable(typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? ''));
}
