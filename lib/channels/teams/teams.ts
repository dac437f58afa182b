import * as z from 'zod/mini';
import type { Secret } from '../../base/secret.ts';
import { hasUrl, httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { chatShape } from '../chat/people.ts';
import { classify } from './answers.ts';
import { problemOf } from './hook.ts';
import { mentionSchema } from './mention.ts';
import { render, roomFor, simplify } from './render.ts';

/** Runs although other settings have problems, so that all are reported together, and never repeats the URL. */
const ofWorkflow = z.check<{ url: Secret }>(
  ({ value, issues }) => {
    const url = URL.parse(value.url.reveal());
    const message = url === null ? undefined : problemOf(url);
    if (message === undefined) return;
    issues.push({ code: 'custom', path: ['url'], input: undefined, message, continue: true });
  },
  { when: ({ value }) => hasUrl(value) },
);

const schema = z
  .strictObject({
    type: z.literal('teams'),
    ...httpShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, ofWorkflow, z.describe('A workflow of Microsoft Teams that posts to a channel or chat.'));

/** A workflow of Microsoft Teams: an Adaptive Card, and one of plain lines where that is refused. */
export const teams = chat(schema, {
  room: ({ mention }) => roomFor(mention),
  render: (message, { mention }) => render(message, mention),
  request: (body, { url }) => ({ url: new URL(url.reveal()), body }),
  simplify,
  classify,
});
