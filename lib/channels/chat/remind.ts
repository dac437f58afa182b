import * as z from 'zod/mini';
import { millisecondsIn } from '../../base/time/span.ts';

/** The shortest interval of reminders. More frequent ones would be noise. */
const LEAST_MS = 30 * 60_000;
const MOST_MS = 30 * 86_400_000;
const HINT = 'expected a time such as 4h or 1d, from 30m to 30d';

function milliseconds(text: string): number {
  const isInSeconds = text.endsWith('s');
  return isInSeconds ? Number.NaN : (millisecondsIn(text) ?? Number.NaN);
}

function isWithin(text: string): boolean {
  const ms = milliseconds(text);
  return ms >= LEAST_MS && ms <= MOST_MS;
}

/** The setting `remindEvery` of a chat. */
export const remindEverySchema = z
  .optional(
    z.pipe(
      // No pattern: in an editor a reference such as ${REMIND_EVERY} must pass, too.
      z.string({ error: HINT }).check(z.refine(isWithin, HINT)),
      z.transform(milliseconds),
    ),
  )
  .check(z.describe('How often to repeat an event that still waits for somebody: 4h. Default: never.'));
