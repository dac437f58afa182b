import * as z from 'zod/mini';
import { EVENT_TYPES } from './codes.ts';
import { lastFigures, RETRACTS } from './figures.ts';
import { count, optional, phase, text } from './words.ts';

/** As many tasks as a sentence names. */
const some = (description: string) =>
  z
    .object({
      tasks: z
        .array(
          z.object({
            name: text("The task's name."),
            phase: optional(phase('Its phase.')),
            lastFigures: optional(lastFigures),
          }),
        )
        .check(z.describe('The first three of them.')),
      more: count('How many more tasks there are.'),
    })
    .check(z.describe(description));

const GROUP = {
  name: text('Its name in the configuration.'),
  size: count('How many tasks it has.'),
  projects: z
    .array(z.string())
    .check(z.describe('The projects of its tasks, by the names that the configuration gives them.')),
  members: z
    .array(
      z.object({
        id: text("The task's id in DCS."),
        name: text("The task's name."),
        project: text("Its project's name in the configuration."),
        phase: phase('Its phase.'),
        ready: z.boolean().check(z.describe('Whether it is ready for the cut-over.')),
        lastFigures: optional(lastFigures),
      }),
    )
    .check(z.describe('The first hundred of its tasks; those that need attention come first.')),
  failed: optional(some('The tasks that failed.')),
  unchecked: optional(some('The tasks whose success could not be verified.')),
  behind: optional(
    some('The tasks that ended, or were switched, while their target was not known to be in step.'),
  ),
  deleted: optional(
    some('The tasks that no longer count because they were deleted before they had ended well.'),
  ),
};

/** A group, with what one type of event says of it besides. */
export const group = <More extends z.core.$ZodLooseShape>(more: More) =>
  z.object({ ...GROUP, ...more }).check(z.describe('The group of tasks that the event is about.'));

export const retracted = z
  .object({
    type: z.enum(EVENT_TYPES).check(z.describe('The type of the event that is taken back.')),
    id: RETRACTS,
    reason: text('The reason why it no longer holds.'),
    tasks: optional(some('The tasks for which it no longer holds.')),
    deserted: optional(z.literal(true).check(z.describe('None of its tasks is watched any more.'))),
    partial: optional(z.literal(true).check(z.describe('Not all of its tasks have been seen so far.'))),
  })
  .check(z.describe('The earlier event about the group that no longer holds.'));
