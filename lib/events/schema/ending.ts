import * as z from 'zod/mini';
import { unread } from './reasons.ts';
import { count, figure, optional, phase, text, time } from './words.ts';

export const dossier = z
  .object({
    errorMessage: optional(text("DCS's own words, without secrets.")),
    log: z
      .array(
        z.object({
          at: optional(text("When: DCS's own text, in a zone that it does not document.")),
          message: text("DCS's own words, without secrets."),
        }),
      )
      .check(z.describe('The last errors in the log of the task, the oldest first.')),
    advice: optional(
      z
        .object({
          cause: text('What those words mean, most likely.'),
          text: text('What to do about it.'),
          source: text('The address of the page that says so.'),
          address: optional(text('The address that is to be permitted, of the migration machine.')),
        })
        .check(z.describe('What is known about the cause.')),
    ),
    unknown: z.array(z.string()).check(z.describe('What could not be read, and why.')),
    unread: optional(unread),
  })
  .check(z.describe('Why the migration failed, as far as DCS says.'));

export const report = z
  .object({
    watchedSince: time('When it was first seen'),
    phases: z
      .array(z.object({ phase: phase('The phase.'), seconds: count('How long it was there. Seconds.') }))
      .check(z.describe('How long it was in each phase.')),
    peakOffset: optional(figure('The largest lag that was seen, within ten percent.')),
    resynchronisations: count('How often it fell back to a full synchronisation.'),
    told: z
      .array(z.object({ type: text('The type of an event.'), at: time('When it was noticed') }))
      .check(
        z.describe(
          'The events about it before this one: of more than 40 the first and the last, of reminders the last.',
        ),
      ),
    unlisted: optional(count('How many more were told.')),
  })
  .check(z.describe('The whole migration, from first sight to end.'));
