import * as z from 'zod/mini';
import { because } from './reasons.ts';
import { count, eventId, figure, optional, text, time } from './words.ts';

export const SOURCE_KEYS = figure('Keys in the source.');
export const TARGET_KEYS = figure('Keys in the target.');
const KEYS = { sourceKeys: optional(SOURCE_KEYS), targetKeys: optional(TARGET_KEYS) };
const INPUT = { inputKbps: optional(figure('Traffic into the target, KB/s.')) };

export const OFFSET = figure(
  'How far the target is behind; 0 is not at all. DCS calls it a data volume and documents no unit; summaries take it for bytes, as Redis counts.',
);
export const KEY_GAP = figure('By how much the key counts differ: percent of the larger one, rounded up.');
export const RETRACTS = eventId('The id of the event that is taken back.');
export const REASON = text('Why it is not ready, or why that cannot be told.');
export const UNMET = z
  .array(z.enum(['lag', 'keys', 'not migrating', 'lag unknown', 'keys unknown']))
  .check(z.describe('What keeps it from being ready, or must be known to say so and is not.'));
export const lastFigures = z
  .object({
    state: z
      .enum(['in step', 'behind', 'unknown'])
      .check(z.describe('Only in step is a good end. Unknown: nobody ever saw it, or too long before.')),
    at: optional(time('When the figures were seen last, as far as that is known')),
    offset: optional(OFFSET),
    ...KEYS,
    keyGapPercent: optional(KEY_GAP),
    unmet: optional(UNMET),
    words: text('All of it in words, such as: 9 GB behind, 60 % of the keys missing.'),
  })
  .check(
    z.describe('How far the target was when the replication ended, or when clients were switched to it.'),
  );
export const readiness = <More extends z.core.$ZodLooseShape>(more: More) =>
  z
    .object({
      offset: optional(OFFSET),
      maxOffset: figure('Up to this offset the target counts as in step.'),
      ...KEYS,
      keyGapPercent: optional(KEY_GAP),
      maxKeyGapPercent: figure('By how much the key counts may differ. Percent.'),
      looks: count('For so many looks in a row it has to be so.'),
      unreadyOffset: optional(figure('What was announced is taken back above this offset,')),
      unreadyKeyGapPercent: optional(figure('or above this difference of the key counts, in percent,')),
      unreadyLooks: optional(count('for so many looks in a row.')),
      because: optional(because),
      ...more,
    })
    .check(z.describe('What being ready for the cut-over rests on.'));

export const progress = z
  .object({
    percent: figure('How much is copied.'),
    mark: figure('The mark that was passed. Percent.'),
    percentPerHour: optional(figure('Since the last mark, or since the phase began.')),
    secondsLeft: optional(figure('If it goes on as fast as that. Seconds.')),
    ...KEYS,
    ...INPUT,
    opsPerSecond: optional(figure('Operations per second in the target.')),
  })
  .check(z.describe('Where the full synchronisation is.'));

export const stall = z
  .object({
    kind: z.enum(['no progress', 'lag grows']).check(z.describe('What is wrong.')),
    since: time('Since when'),
    percent: optional(figure('How much of the full synchronisation is done.')),
    targetKeys: optional(figure('Keys in the target.')),
    offset: optional(figure('How far the target is behind.')),
    ...INPUT,
  })
  .check(z.describe('What does not move, or did not until now.'));
