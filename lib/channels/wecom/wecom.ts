import * as z from 'zod/mini';
import { httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { chatShape } from '../chat/people.ts';
import { classify } from './answers.ts';
import { mentionedPeople, mentionSchema } from './mention.ts';
import { render, roomFor, simplify } from './render.ts';

const schema = z
  .strictObject({
    type: z.literal('wecom'),
    ...httpShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, z.describe('A robot of a WeCom group.'));

/** WeCom takes 20 messages a minute from one robot. */
const MOST_PER_MINUTE = 15;

/** A robot of a WeCom group: Markdown, and plain text where that is refused. */
export const wecom = chat(schema, {
  mostPerMinute: MOST_PER_MINUTE,
  room: ({ mention }) => roomFor(mentionedPeople(mention, true)),
  render: (message, { mention }) => render(message, mentionedPeople(mention, message.mentions)),
  request: (body, { url }) => ({ url: new URL(url.reveal()), body }),
  simplify: ({ msgtype }, message, { mention }) =>
    simplify(message, mentionedPeople(mention, message.mentions), msgtype),
  classify,
});
