import * as z from 'zod/mini';
import { optional, text } from './words.ts';

const phrases = z.array(
  z.object({
    code: text('What it says. New codes are added without notice.'),
    values: optional(z.array(z.string()).check(z.describe('The names and numbers in it.'))),
  }),
);

/** A reason, which stands in English beside it. */
export const explanation = z
  .object({
    at: optional(text('The place that failed, or the code of its answer, such as WeCom 93000.')),
    status: optional(text('The status of its answer, such as HTTP 404.')),
    what: optional(phrases.check(z.describe('The fault; a second one is the cause of the first.'))),
    word: optional(text('The error as the system names it, such as ECONNREFUSED.')),
    proxy: optional(text('The proxy on the way.')),
    advice: optional(phrases.check(z.describe('What to do.'))),
  })
  .check(z.describe('The reason as codes, for programs that use their own wording.'));
