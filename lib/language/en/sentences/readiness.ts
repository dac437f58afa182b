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
import { bytes, figure } from '../figures.ts';

/** A lag within a sentence. */
export function lagWords(offset: number | undefined): string {
  return offset === undefined ? 'unknown' : bytes(offset);
}

export function readyWords({ offset, keyGapPercent, looks }: Readiness): string {
  return `ready for the cut-over: lag (offset) ${lagWords(offset)}, key counts ${keyGapPercent} % apart, ${looks === 1 ? 'in this look' : `for ${looks} looks in a row`}`;
}

const SKIPPED = 'not looked at';

/** Why a readiness is not so, or not known. */
export const reasons: Readonly<Record<Reason, Why>> = {
  figures: (_because, readiness, unmet) => figureWords(readiness, unmet),
  not_migrating: () => 'the statistics say that it is not migrating',
  figures_missing: (_because, readiness) => `the statistics give no usable ${lackWords(readiness)}`,
  statistics_denied: () => 'the access key may not read the statistics',
  statistics_missing: () => 'there are no statistics for this task',
  statistics_failed: ({ failure }) => `the statistics could not be read (${failure})`,
  statistics_not_read: () => 'the statistics were not read',
  looks_fail: ({ failure }) => `looks fail (${failure})`,
  resting: () => `${SKIPPED} (calls are paused)`,
  out_of_time: () => `${SKIPPED} (time ran out)`,
  endpoint_silent: () => `${SKIPPED} (the endpoint does not answer)`,
  not_found: () => 'a look did not find the task',
  success_not_checked: () => 'its success could not be checked',
  not_replicating: ({ status }) => `it is no longer replicating (${status})`,
  status_open: ({ status }) => `its status is now ${status}`,
  gone: () => 'the task no longer exists',
  switch_open: () => 'an IP switch was under way, and its outcome is unknown',
  switch_not_ended: () => 'the outcome of an IP switch is unknown',
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
      offset === undefined ? undefined : `the lag (offset) is ${bytes(offset)} (limit ${bytes(maxOffset)})`,
    ],
    [
      'keys',
      `the key counts differ by ${keyGapPercent} % (${countsWords(sourceKeys, targetKeys)}, limit ${maxKeyGapPercent} %)`,
    ],
  ]);
  return parts.join(', and ');
}

function countsWords(sourceKeys = 0, targetKeys = 0): string {
  return `source ${figure(sourceKeys)}, target ${figure(targetKeys)}`;
}

const LACKS: Readonly<Record<MissingFigure, string>> = {
  offset: 'lag (offset)',
  sourceKeys: 'source key count',
  targetKeys: 'target key count',
};

function lackWords(readiness: Readiness): string {
  const lacks = missingFigures(readiness).map((lack) => LACKS[lack]);
  const [last = '', ...others] = lacks.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`;
}

const CAUSES: Readonly<Record<UnreadyCause, string>> = {
  'not migrating': 'check in the console whether the task is still running',
  lag: 'usually the source is written to faster than the target can follow, or the limit (settings.cutover.maxOffset) is too low',
  'keys missing':
    'usually expired keys that one side still counts; otherwise keys were not copied (limit: settings.cutover.maxKeyGap)',
  'keys besides':
    'usually keys that the target already had, or that have expired in the source (limit: settings.cutover.maxKeyGap)',
  unknown: 'compare source and target yourself before you rely on this task',
};

/** The usual cause of a replication that does not become ready. */
export function causeWords(readiness: Readiness, isUnknown: boolean): string {
  return CAUSES[unreadyCause(readiness, isUnknown)];
}
