import * as z from 'zod/mini';
import { Secret } from '../../base/secret.ts';
import { mentionSchema } from '../block-kit/mention.ts';
import { apiAddress, channelShape, type SettingWarning, safeAddress } from '../channel-type.ts';
import { chatShape } from '../chat/people.ts';

export const USUAL = 'https://slack.com/api';
const TOKEN_HINT = 'expected the token of a bot, xoxb-…';
const CHANNEL_HINT = 'expected the id of a channel, C…, or its name';

export const schema = z
  .strictObject({
    type: z.literal('slack_bot'),
    token: z
      .pipe(
        z.string({ error: TOKEN_HINT }).check(z.refine((text) => /^[!-~]+$/.test(text), TOKEN_HINT)),
        z.transform((text: string) => new Secret(text)),
      )
      .check(z.describe('The token of the bot, xoxb-…, with the scope chat:write. A secret.')),
    channel: z.string({ error: CHANNEL_HINT }).check(
      z.refine((text) => /^#?[^\s<>#]{1,100}$/.test(text), CHANNEL_HINT),
      z.describe('The channel to post to: its id, C…, or its name. Invite the bot there.'),
    ),
    baseUrl: apiAddress(`${USUAL}; of GovSlack https://slack-gov.com/api`),
    ...channelShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(
    safeAddress('baseUrl'),
    z.describe('A Slack bot: one message per task, edited in place, with a thread.'),
  );

export type BotConfig = z.output<typeof schema>;

/** Slack's other tokens, by their prefixes ("Token types"). */
const OTHERS: readonly (readonly [start: string, words: string])[] = [
  ['xoxp-', 'is the token of a user'],
  ['xoxe', 'is a configuration or a refresh token'],
  ['xapp-', 'is the token of an app'],
];

/** Every token of a bot begins alike; others post as somebody else, or not at all. */
export function tokenWarning({ token }: BotConfig): SettingWarning | undefined {
  const text = token.reveal();
  if (/^xox[be]/.test(text) && !text.startsWith('xoxe-')) return undefined;
  const what = OTHERS.find(([start]) => text.startsWith(start))?.[1] ?? 'is not the token of a bot';
  return { setting: 'token', message: `${what}; copy the Bot User OAuth Token, xoxb-…` };
}
