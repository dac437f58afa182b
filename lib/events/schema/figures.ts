import * as z from 'zod/mini';
import { because } from './reasons.ts';
import { count, eventId, figure, optional, text, time } from './words.ts';

export const SOURCE_KEYS = figure('Keys in the source.');
export const TARGET_KEYS = figure('Keys in the target.');
const KEYS = { sourceKeys: optional(SOURCE_KEYS), targetKeys: optional(TARGET_KEYS) };
const INPUT = { inputKbps: optional(figure('Traffic into the target, KB/s.')) };

export const OFFSET = figure(
  'How far the target is behind; 0 means not at all. DCS calls it a data volume and documents no unit; summaries assume bytes, as Redis counts.',
);
export const KEY_GAP = figure(
  'The difference between the key counts, in percent of the larger one, rounded up.',
);
export const RETRACTS = eventId('The id of the event that is taken back.');
export const REASON = text('Why the task is not ready, or why this is not known.');
export const UNMET = z
  .array(z.enum(['lag', 'keys', 'not migrating', 'lag unknown', 'keys unknown']))
  .check(z.describe('The conditions that are not met, or whose figures are not known.'));
export const lastFigures = z
  .object({
    state: z
      .enum(['in step', 'behind', 'unknown'])
      .check(
        z.describe(
          'Only "in step" is a good end. "unknown" means that the figures were never seen, or are too old.',
        ),
      ),
    at: optional(time('When the figures were last seen, if known')),
    offset: optional(OFFSET),
    ...KEYS,
    keyGapPercent: optional(KEY_GAP),
    unmet: optional(UNMET),
    words: text('These figures in words, such as: 9 GB behind, 60 % of the keys missing.'),
  })
  .check(
    z.describe(
      'How far the target had come when the replication ended, or when clients were switched to it.',
    ),
  );
export const readiness = <More extends z.core.$ZodLooseShape>(more: More) =>
  z
    .object({
      offset: optional(OFFSET),
      maxOffset: figure('The largest offset at which the target counts as in step.'),
      ...KEYS,
      keyGapPercent: optional(KEY_GAP),
      maxKeyGapPercent: figure('The largest difference between the key counts, in percent.'),
      looks: count('How many looks in a row these limits must be met.'),
      unreadyOffset: optional(figure('Readiness is taken back above this offset,')),
      unreadyKeyGapPercent: optional(figure('or above this difference between the key counts, in percent,')),
      unreadyLooks: optional(count('after this many looks in a row.')),
      because: optional(because),
      ...more,
    })
    .check(z.describe('The figures that decide whether the task is ready for the cut-over.'));

export const progress = z
  .object({
    percent: figure('How much has been copied, in percent.'),
    mark: figure('The mark that was passed, in percent.'),
    percentPerHour: optional(figure('The speed since the last mark, or since the phase began.')),
    secondsLeft: optional(figure('The remaining time at that speed, in seconds.')),
    ...KEYS,
    ...INPUT,
    opsPerSecond: optional(figure('Operations per second in the target.')),
  })
  .check(z.describe('The progress of the full synchronisation.'));

export const stall = z
  .object({
    kind: z.enum(['no progress', 'lag grows']).check(z.describe('The kind of stall.')),
    since: time('When it began'),
    percent: optional(figure('How much of the full synchronisation is done, in percent.')),
    targetKeys: optional(figure('Keys in the target.')),
    offset: optional(figure('How far the target is behind.')),
    ...INPUT,
  })
  .check(z.describe('The stall, current or just ended.'));
