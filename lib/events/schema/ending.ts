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
      .check(z.describe('The last errors in the log of the task, oldest first.')),
    advice: optional(
      z
        .object({
          cause: text('The most likely meaning of the error.'),
          text: text('What to do about it.'),
          source: text('The URL of the page that documents this.'),
          address: optional(text('The address of the migration machine, which must be allowed.')),
        })
        .check(z.describe('Known facts about the cause.')),
    ),
    unknown: z.array(z.string()).check(z.describe('Information that could not be read, and why.')),
    unread: optional(unread),
  })
  .check(z.describe('Why the migration failed, as far as DCS says.'));

export const report = z
  .object({
    watchedSince: time('When it was first seen'),
    phases: z
      .array(
        z.object({
          phase: phase('The phase.'),
          seconds: count('How long the task was in this phase, in seconds.'),
        }),
      )
      .check(z.describe('How long the task was in each phase.')),
    peakOffset: optional(figure('The largest observed lag, accurate to ten percent.')),
    resynchronisations: count('How often the task fell back to a full synchronisation.'),
    told: z
      .array(z.object({ type: text('The type of an event.'), at: time('When it was noticed') }))
      .check(
        z.describe(
          'The earlier events about the task. Of more than 40, the first and the last ones; of reminders, only the last one.',
        ),
      ),
    unlisted: optional(count('How many more events were sent.')),
  })
  .check(z.describe('The whole migration, from first sight to end.'));
