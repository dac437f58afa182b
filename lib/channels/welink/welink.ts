import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { chatShape } from '../chat/people.ts';
import { classify } from './answers.ts';
import { mentionedPeople, mentionSchema } from './mention.ts';
import { render, roomFor } from './render.ts';

const schema = z
  .strictObject({
    type: z.literal('welink'),
    ...httpShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, z.describe('A robot of a WeLink group.'));

/** No limit is documented; the other robots of groups take 20 a minute. */
const MOST_PER_MINUTE = 15;

/** A robot of a WeLink group: short text. */
export const welink = chat(schema, {
  mostPerMinute: MOST_PER_MINUTE,
  room: ({ mention }) => roomFor(mentionedPeople(mention, true)),
  render: (message, { mention }) => render(message, mentionedPeople(mention, message.mentions)),
  request: ({ messageType, content, ...at }, { url }, now) => ({
    url: new URL(url.reveal()),
    // An id of one attempt: WeLink wants a new one for each call, and may refuse one that it knows.
    body: { messageType, content, timeStamp: now.getTime(), uuid: randomUUID().replaceAll('-', ''), ...at },
  }),
  classify,
});
