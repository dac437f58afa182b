import * as z from 'zod/mini';
import { passes } from './filter.ts';
import { type ChannelPlug, httpShape, safeUrl } from './plug.ts';

/** `<!here>`, `<!subteam^S012>`, `<@U012>`: the forms that Slack turns into a mention. */
const MENTIONS = /^(?:<(?:!here|!channel|!everyone|!subteam\^[A-Z0-9]+|@[A-Z0-9]+)>\s?)+$/;
const MENTION_HINT =
  'expected <!here>, <!channel>, <@U…> (a member id) or <!subteam^S…> (a group id); Slack ignores plain @names';

const schema = z
  .strictObject({
    type: z.literal('slack'),
    ...httpShape,
    mention: z
      .optional(
        z
          .string({ error: MENTION_HINT })
          .check(z.refine((text) => MENTIONS.test(text), { error: MENTION_HINT })),
      )
      .check(z.describe('Who is mentioned when a migration fails: <!here>, <@U…>, <!subteam^S…>.')),
  })
  .check(safeUrl, z.describe('A Slack incoming webhook.'));

/** A Slack incoming webhook: one message per event for people. */
export const slack = {
  schema,
  create: (name, config) => ({
    name,
    kind: 'chat',
    timeoutMs: 20_000,
    wants: (event) => passes(event, config.when),
    together: () => undefined,
    send: async () => ({ class: 'transient', reason: 'not there yet', ms: 0 }),
  }),
} satisfies ChannelPlug<typeof schema>;
