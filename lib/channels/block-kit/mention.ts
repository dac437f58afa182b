import * as z from 'zod/mini';

/** The forms that Slack turns into a mention. */
const MENTIONS = /^(?:<(?:!here|!channel|!everyone|!subteam\^[A-Z0-9]+|@[A-Z0-9]+)> ?){1,10}$/;
const MENTION_HINT =
  'expected <!here>, <!channel>, <@U…> (a member id) or <!subteam^S…> (a group id); Slack ignores plain @names';

/** The setting `mention` of Slack. */
export const mentionSchema = z
  .optional(z.string({ error: MENTION_HINT }).check(z.refine((text) => MENTIONS.test(text))))
  .check(z.describe('Whom to mention: <!here>, <@U…>, <!subteam^S…>; mentionOn says when.'));
