import * as z from 'zod/mini';
import type { HttpResponse } from '../../http/client.ts';
import { mentionSchema } from '../block-kit/mention.ts';
import { render, roomFor } from '../block-kit/render.ts';
import { plainMessage } from '../block-kit/size.ts';
import { httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat.ts';
import { type Classification, classifyStatus, isOfTheEvent } from '../http-outcome.ts';
import { chatShape } from '../people.ts';

const schema = z
  .strictObject({
    type: z.literal('slack'),
    ...httpShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, z.describe('A Slack incoming webhook.'));

/** A Slack incoming webhook. A message that Slack refuses for its form is sent once more as plain text. */
export const slack = chat(schema, {
  room: ({ mention }) => roomFor(mention),
  render: (message, { mention }) => render(message, mention),
  request: (body, { url }) => ({ url: new URL(url.reveal()), body }),
  simplify: plainMessage,
  classify,
});

/**
 * Slack's words for what is wrong with the webhook, in the body of the answer ("Sending messages using incoming
 * webhooks", Handling errors), whatever the status. Only these and words of a message's form are ever repeated: any other
 * body may be a proxy's and carry anything.
 */
const REFUSED_CHANNEL: ReadonlyMap<string, string> = new Map([
  ['action_prohibited', 'an administrator forbids it; ask one'],
  ['posting_to_general_channel_denied', 'posting to this channel is restricted; ask an administrator'],
  ['invalid_token', 'the URL is no longer valid; make a new one'],
  ['channel_not_found', 'the channel was deleted; make a new webhook'],
  ['user_not_found', 'the member it posts to is gone; make a new webhook'],
  ['no_service', 'the webhook was removed or disabled; make a new one'],
  ['no_service_id', 'the URL is incomplete; copy it again'],
  ['no_active_hooks', 'the webhook was disabled; make a new one'],
  ['no_team', 'the URL names no workspace; copy it again'],
  ['team_disabled', 'the workspace is disabled'],
  ['channel_is_archived', 'the channel was archived; unarchive it or make a new webhook'],
]);
/** Its words for what is wrong with a message. There are more that are not documented. */
const REFUSED_FORM: ReadonlySet<string> = new Set([
  'invalid_payload',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'too_many_attachments',
]);
const TOO_LARGE = 413;

function wordIn({ body }: HttpResponse): string {
  return body.trim();
}

/** Slack answers in words; a page is somebody's on the way, and says nothing of the message. */
function isPage(answer: HttpResponse): boolean {
  return wordIn(answer).startsWith('<');
}

function isRefusedChannel(answer: HttpResponse): boolean {
  const { status } = answer;
  return status >= 400 && status < 500 && REFUSED_CHANNEL.has(wordIn(answer));
}

/** Whatever the word is, known or not: plain text has no form that could be refused. */
function isRefusedForm(answer: HttpResponse): boolean {
  const { status } = answer;
  if (!isOfTheEvent(status) || isRefusedChannel(answer)) return false;
  return status === TOO_LARGE || !isPage(answer);
}

/**
 * The outcome table of Slack. What Slack never answers with comes from somebody on the way and is judged as anybody's.
 *
 * A 2xx without Slack's `ok` is a proxy's or another service's: not delivered, yet never sent again, for it may have
 * been taken. If the body was lost on the way the status decides.
 */
function classify(answer: HttpResponse): Classification {
  const { status, truncated } = answer;
  const word = wordIn(answer);
  if (status >= 200 && status < 300) {
    if (status === 200 && (word === 'ok' || truncated)) return { class: 'delivered', reason: 'HTTP 200' };
    const reason = `HTTP ${status} without Slack's ok; check the URL`;
    return { class: 'permanent', reason, notHere: true };
  }
  const hint = REFUSED_CHANNEL.get(word);
  if (hint !== undefined && isRefusedChannel(answer)) {
    return { class: 'broken', reason: `HTTP ${status} ${word}: ${hint}` };
  }
  if (isRefusedForm(answer)) return { class: 'permanent', reason: formWords(status, word), isForm: true };
  if (isOfTheEvent(status))
    return { ...STRANGE, reason: `HTTP ${status} with a page, not Slack's; check the URL` };
  return classifyStatus(status);
}

/** A stranger's answer says nothing but that it is not Slack's. */
const STRANGE = { class: 'transient', notHere: true } as const;

function formWords(status: number, word: string): string {
  return REFUSED_FORM.has(word) ? `HTTP ${status} ${word}` : classifyStatus(status).reason;
}
