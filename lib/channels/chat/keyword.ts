import * as z from 'zod/mini';

const HINT = 'expected one of the keywords of the robot, a word of at most 40 characters';
const WORD = /^[^\r\n<>]{1,40}$/u;

/** The setting `keyword`, for robots that only accept messages with one of their keywords. */
export const keywordSchema = z
  .optional(z.string({ error: HINT }).check(z.refine((text) => WORD.test(text), HINT)))
  .check(
    z.describe('A keyword of the robot, shown in every message; robots with keywords refuse all others.'),
  );
