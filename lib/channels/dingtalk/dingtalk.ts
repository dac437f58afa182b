import * as z from 'zod/mini';
import { httpShape, safeUrl, secretText } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { keywordSchema } from '../chat/keyword.ts';
import { textRoom } from '../chat/layout.ts';
import { chatShape } from '../chat/people.ts';
import { classify } from './answers.ts';
import { type At, atOf, callsOf, mentionSchema } from './mention.ts';
import { LIMITS, markup, render, simplify } from './render.ts';
import { signed } from './signature.ts';

const schema = z
  .strictObject({
    type: z.literal('dingtalk'),
    ...httpShape,
    secret: z
      .optional(secretText)
      .check(z.describe('The secret of a robot that wants signatures (security setting "sign").')),
    keyword: keywordSchema,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, z.describe('A custom robot of a DingTalk group.'));

/** DingTalk takes 20 messages a minute from one robot, and then none for ten minutes. */
const MOST_PER_MINUTE = 15;

const SECRET_DOUBT =
  'is not that of a robot, which begins with SEC; copy it from the robot\'s security setting "sign"';

/** A custom robot of a DingTalk group: Markdown, and plain text where that is refused. */
export const dingtalk = chat(schema, {
  mostPerMinute: MOST_PER_MINUTE,
  warning: ({ secret }) =>
    secret === undefined || secret.reveal().startsWith('SEC')
      ? undefined
      : { setting: 'secret', message: SECRET_DOUBT },
  room: ({ mention, keyword }) => textRoom(markup, LIMITS, besides(atOf(mention, true), keyword)),
  render: (message, { mention, keyword }) => {
    const at = atOf(mention, message.mentions);
    return render(message, at, besides(at, keyword));
  },
  request: (body, { url, secret }, now) => ({ url: signed(url, secret, now), body }),
  simplify: (_payload, message, { mention, keyword }) =>
    simplify(message, atOf(mention, message.mentions), keyword),
  classify,
});

/** The people who are called, and the keyword: neither may be cut. */
function besides(at: At, keyword: string | undefined): string {
  return [callsOf(at), keyword ?? ''].filter((text) => text !== '').join(' ');
}
