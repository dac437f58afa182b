import type { Readiness, Unmet } from '../../../events/event.ts';
import type { Reason } from '../../../events/reason.ts';
import {
  type MissingFigure,
  missingFigures,
  type UnreadyCause,
  unmetParts,
  unreadyCause,
} from '../../facts.ts';
import type { Why } from '../../language.ts';
import { bytes } from '../figures.ts';

/** A lag within a sentence. */
export function lagWords(offset: number | undefined): string {
  return offset === undefined ? 'unknown' : bytes(offset);
}

export function readyWords({ offset, keyGapPercent, looks }: Readiness): string {
  return `ready for the cut-over: lag (offset) ${lagWords(offset)}, key counts ${keyGapPercent} % apart, ${looks === 1 ? 'at this look' : `${looks} looks in a row`}`;
}

const SKIPPED = 'not looked at';

/** Why a readiness is not so, or not known. */
export const reasons: Readonly<Record<Reason, Why>> = {
  figures: (_because, readiness, unmet) => figureWords(readiness, unmet),
  not_migrating: () => 'the statistics say that it is not migrating',
  figures_missing: (_because, readiness) => `the statistics give no usable ${lackWords(readiness)}`,
  statistics_denied: () => 'the key may not read the statistics',
  statistics_missing: () => 'there are no statistics of this task',
  statistics_failed: ({ failure }) => `the statistics could not be read (${failure})`,
  statistics_not_read: () => 'the statistics were not read',
  looks_fail: ({ failure }) => `looks fail (${failure})`,
  resting: () => `${SKIPPED} (resting)`,
  out_of_time: () => `${SKIPPED} (out of time)`,
  endpoint_silent: () => `${SKIPPED} (the endpoint does not answer)`,
  not_found: () => 'a look did not find the task',
  success_not_checked: () => 'it reads as a success that is not checked',
  not_replicating: ({ status }) => `it is no longer replicating (${status})`,
  status_open: ({ status }) => `its status is ${status} now`,
  gone: () => 'the task no longer exists',
  switch_open: () => 'an IP switch was going on, and nobody says how it ended',
  switch_not_ended: () => 'nobody says how an IP switch ended',
  other_phase: () => 'it is in another phase',
  not_long_enough: () => 'it has not been in step for long enough',
};

/** The figures beyond their limits. */
function figureWords(
  { offset, maxOffset, sourceKeys, targetKeys, keyGapPercent, maxKeyGapPercent }: Readiness,
  unmet: readonly Unmet[],
): string {
  const parts = unmetParts(unmet, [
    [
      'lag',
      offset === undefined
        ? undefined
        : `the lag (offset) is ${bytes(offset)}, at most ${bytes(maxOffset)} is allowed`,
    ],
    [
      'keys',
      `the key counts differ by ${keyGapPercent} % (source ${sourceKeys}, target ${targetKeys}), at most ${maxKeyGapPercent} % is allowed`,
    ],
  ]);
  return parts.join(', and ');
}

const LACKS: Readonly<Record<MissingFigure, string>> = {
  offset: 'lag (offset)',
  sourceKeys: 'key count of the source',
  targetKeys: 'key count of the target',
};

function lackWords(readiness: Readiness): string {
  return missingFigures(readiness)
    .map((lack) => LACKS[lack])
    .join(', ');
}

const CAUSES: Readonly<Record<UnreadyCause, string>> = {
  'not migrating': 'see in the console whether the task still runs',
  lag: 'the source is written to faster than the target takes it, or the lag allowed is too small for it (settings.cutover.maxOffset)',
  'keys missing':
    'usually keys that expire, which one side still counts; else keys were not copied (settings.cutover.maxKeyGap)',
  'keys besides':
    'usually keys that the target had before, or that have expired in the source (settings.cutover.maxKeyGap)',
  unknown: 'compare source and target yourself before anything rests on this task',
};

/** The usual cause of a replication that does not become ready. */
export function causeWords(readiness: Readiness, isUnknown: boolean): string {
  return CAUSES[unreadyCause(readiness, isUnknown)];
}
