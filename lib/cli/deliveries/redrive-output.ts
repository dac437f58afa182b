import { printable } from '../../base/text.ts';
import type { RedriveReport } from '../../delivery/redrive/redrive.ts';
import type { Fate } from '../../delivery/redrive/result.ts';

/** What a redrive did, in sentences: a line for each letter, then the sum. */
export function redriveLines({ fates, isDryRun }: RedriveReport): string[] {
  return [...fates.map((fate) => printable(fateWords(fate))), sumWords(fates, isDryRun)];
}

/** The same as JSON: an object for each letter. */
export function redriveJson({ fates }: RedriveReport): string[] {
  return fates.map(({ letter, kind, why }) =>
    JSON.stringify({
      kind: 'redriven',
      result: kind,
      why,
      channel: letter.channel,
      eventId: letter.event.id,
      type: letter.event.type,
      time: letter.event.time,
      diedAt: letter.diedAt,
      diedOf: letter.why,
    }),
  );
}

const RESULTS: Readonly<Record<Fate['kind'], string>> = {
  delivered: 'delivered',
  pending: 'put back, due in the next tick',
  dead: 'dead again',
  possible: 'would be put back',
  skipped: 'left as it is',
};

function fateWords({ letter: { event, channel, diedAt, why: cause }, kind, why }: Fate): string {
  const reason = why === undefined ? '' : ` (${why})`;
  return `${RESULTS[kind]}${reason}: ${event.id} to ${channel}, dead since ${diedAt} (${cause}): ${event.data.summary}`;
}

function sumWords(fates: readonly Fate[], isDryRun: boolean): string {
  const count = (...kinds: Fate['kind'][]): number => fates.filter(({ kind }) => kinds.includes(kind)).length;
  const letters = fates.length === 1 ? '1 dead letter matches' : `${fates.length} dead letters match`;
  if (isDryRun) {
    return `${letters}: ${count('possible')} would be put back, ${count('skipped')} left. Nothing was done.`;
  }
  const sums = [
    `${count('delivered', 'pending', 'dead')} put back`,
    `${count('delivered')} delivered`,
    `${count('pending')} pending`,
    `${count('dead')} dead again`,
    `${count('skipped')} left`,
  ];
  return `${letters}: ${sums.join(', ')}.`;
}
