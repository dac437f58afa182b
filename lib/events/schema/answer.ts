import * as z from 'zod/mini';
import { ANSWERS, FAULTS, PERMITTED_CALLS } from '../answer.ts';
import { explanation } from './explanation.ts';
import { count, optional, text } from './words.ts';

/** An answer that `detail` says in a sentence. */
export const answer = z
  .object({
    code: z.enum(ANSWERS).check(z.describe('What it means.')),
    httpStatus: optional(count('Its HTTP status.')),
    errorCode: optional(text('Its error code, as the service writes it.')),
    errorMessage: optional(text("The service's own words, without secrets.")),
    words: optional(text('Details in English.')),
    fault: optional(z.enum(FAULTS).check(z.describe('For no_answer: what went wrong on the way.'))),
    host: optional(text('For no_answer: the host that was asked.')),
    systemWord: optional(text('For no_answer: the error as the system names it, such as ECONNREFUSED.')),
    explanation: optional(explanation),
    hint: optional(
      z
        .enum(['check endpoint', 'allow insecure'])
        .check(z.describe('For no_answer: the setting that may be the cause.')),
    ),
    call: optional(z.enum(PERMITTED_CALLS).check(z.describe('The call that the key may not make.'))),
    permission: optional(text('The IAM action that permits the call.')),
    isGuess: optional(
      z.literal(true).check(z.describe('No document names the permission; this one is likely.')),
    ),
    minutes: optional(
      z.int().check(z.describe('How many minutes the clock of this machine is ahead; below 0: behind.')),
    ),
    seconds: optional(count('How many seconds nothing is asked.')),
    neverSeen: optional(z.literal(true).check(z.describe('No look has ever found the task.'))),
  })
  .check(z.describe('The answer as codes, for programs that use their own wording.'));
