import type { EventFacts } from '../../../events/event.ts';
import type { CallName } from '../../../events/reason.ts';
import { channelNames } from '../../facts.ts';
import type { Prose, Sentence } from '../../language.ts';
import type { Moments } from '../../moments.ts';

export const failing =
  ({ moment }: Moments): Sentence =>
  ({ reason, looks, since }) => {
    if (looks !== undefined) return `cannot be watched: ${looks} looks in a row failed (${reason})`;
    return since && `still cannot be watched: looks have been failing since ${moment(since)} (${reason})`;
  };

/** Besides that something is watched again. */
export function restoredDetail({ moment }: Moments): Prose['restored'] {
  return (since) => `Looks had been failing since ${moment(since)}. Changes in between are reported as one.`;
}

const CONSEQUENCES: Readonly<Record<CallName, string>> = {
  ListMigrationTask:
    'new tasks are not discovered, a success cannot be told from a deleted task, and failures lack their error message',
  ShowMigrationTaskStats: 'progress, lag and readiness for the cut-over are unknown and are not reported',
  ListMigrationTaskLogs: 'failures lack their log lines',
};

/** @param answer what DCS answered, in a sentence */
export function degradedDetail(answer: string, call: CallName, isDenied: boolean): string {
  return `${answer} ${isDenied ? 'Without it' : 'Until it works'}, ${CONSEQUENCES[call]}.`;
}

export const channelBroken =
  ({ moment }: Moments): Sentence =>
  (facts) => {
    const { channels: [first, second] = [], reminders } = facts;
    if (first === undefined) return undefined;
    const isReminder = reminders !== undefined;
    if (second === undefined) {
      return isReminder
        ? `channel ${first.name} is still broken (since ${moment(first.since)}): ${first.reason}`
        : `channel ${first.name} is broken and gets no messages: ${first.reason}`;
    }
    const { all } = channelNames(facts);
    return isReminder
      ? `${all} channels are still broken: ${names(facts)}`
      : `${all} channels are broken and get no messages: ${names(facts)}`;
  };

function names(facts: EventFacts): string {
  const { names: named, more } = channelNames(facts);
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
