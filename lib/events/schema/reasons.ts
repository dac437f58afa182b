import * as z from 'zod/mini';
import { REASONS, UNANSWERED } from '../reason.ts';
import { LOOK_FAILURES } from './codes.ts';
import { optional, text } from './words.ts';

const failure = optional(z.enum(LOOK_FAILURES).check(z.describe('For a failure: the reason.')));
const unanswered = z.enum(UNANSWERED).check(z.describe('Why the answer is not known.'));

/** The reason of an absent readiness, as a code. */
export const because = z
  .object({
    code: z.enum(REASONS).check(z.describe('The reason.')),
    failure,
    status: optional(text('For a task that no longer replicates: its status.')),
  })
  .check(z.describe('The reason as a code, for programs that use their own wording.'));

/** A good end that may be none. */
export const notChecked = z
  .object({
    what: z
      .enum(['deleted', 'rolled back'])
      .check(z.describe('The possibility that could not be ruled out.')),
    list: optional(unanswered),
    failure,
  })
  .check(z.describe('The part that could not be verified, as codes.'));

/** Calls about a failure that gave no answer. */
export const unread = z
  .array(
    z.object({
      what: z.enum(['error message', 'log']).check(z.describe('The information that could not be read.')),
      why: unanswered,
      failure,
    }),
  )
  .check(z.describe('The information that could not be read, as codes.'));
