import * as z from 'zod/mini';
import { httpShape, safeUrl, secretText } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { keywordSchema } from '../chat/keyword.ts';
import { chatShape } from '../chat/people.ts';
import { classify } from './answers.ts';
import { callsOf, mentionSchema } from './mention.ts';
import { render, roomFor, simplify } from './render.ts';
import { signatureOf } from './signature.ts';

const schema = z
  .strictObject({
    type: z.literal('feishu'),
    ...httpShape,
    secret: z
      .optional(secretText)
      .check(z.describe('The secret of a bot that wants signatures (security setting "signature").')),
    keyword: keywordSchema,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, z.describe('A custom bot of a Feishu or Lark group.'));

/** A custom bot of a Feishu or Lark group: a card, and a text where that is refused. */
export const feishu = chat(schema, {
  room: ({ mention, keyword }) => roomFor({ calls: callsOf(mention), keyword }),
  render: (message, { mention, keyword }) =>
    render(message, { calls: message.mentions ? callsOf(mention) : '', keyword }),
  request: (message, { url, secret }, now) => ({
    url: new URL(url.reveal()),
    body: secret === undefined ? message : { ...signatureOf(secret, now), ...message },
  }),
  simplify: (_payload, message, { keyword }) => simplify(message, keyword),
  classify,
});
