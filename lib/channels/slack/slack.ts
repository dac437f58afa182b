import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import { phrase } from '../../base/explanation.ts';
import type { HttpResponse } from '../../http/client.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';
import { type Classification, classifyStatus, isOfTheEvent } from '../answers/http-outcome.ts';
import { type OutcomeReason, reasonFrom, reasonFromHint } from '../answers/outcome-reason.ts';
import { mentionSchema } from '../block-kit/mention.ts';
import { render, roomFor } from '../block-kit/render.ts';
import { plainMessage } from '../block-kit/size.ts';
import { httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { chatShape } from '../chat/people.ts';

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
const REFUSED_CHANNEL: ReadonlyMap<string, Hint> = new Map([
  ['action_prohibited', 'admin_forbids'],
  ['posting_to_general_channel_denied', 'posting_restricted'],
  ['invalid_token', 'url_not_valid'],
  ['channel_not_found', 'hook_channel_deleted'],
  ['user_not_found', 'hook_member_gone'],
  ['no_service', 'hook_removed'],
  ['no_service_id', 'url_incomplete'],
  ['no_active_hooks', 'hook_disabled'],
  ['no_team', 'url_without_workspace'],
  ['team_disabled', 'workspace_disabled'],
  ['channel_is_archived', 'hook_channel_archived'],
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

/** @returns nothing for an answer that does not refuse the webhook */
function channelHint(answer: HttpResponse): Hint | undefined {
  const { status } = answer;
  return status >= 400 && status < 500 ? REFUSED_CHANNEL.get(wordIn(answer)) : undefined;
}

/** Whatever the word is, known or not: plain text has no form that could be refused. */
function isRefusedForm(answer: HttpResponse): boolean {
  const { status } = answer;
  return isOfTheEvent(status) && (status === TOO_LARGE || !isPage(answer));
}

/**
 * The outcome table of Slack. What Slack never answers with comes from somebody on the way and is classified as for every receiver.
 *
 * A 2xx without Slack's `ok` is a proxy's or another service's: not delivered, yet never sent again, for it may have
 * been taken. If the body was lost on the way the status decides.
 */
function classify(answer: HttpResponse): Classification {
  const { status, truncated } = answer;
  const word = wordIn(answer);
  if (status >= 200 && status < 300) {
    if (status === 200 && (word === 'ok' || truncated)) return { class: 'delivered', reason: 'HTTP 200' };
    return { class: 'permanent', ...reasonFromHint('without_ok', `HTTP ${status}`), notHere: true };
  }
  const hint = channelHint(answer);
  if (hint !== undefined) {
    return { class: 'broken', ...reasonFrom({ at: `HTTP ${status} ${word}`, what: [phrase(hint)] }) };
  }
  if (isRefusedForm(answer)) return { class: 'permanent', ...formWords(status, word), isForm: true };
  if (isOfTheEvent(status)) return { ...STRANGE, ...reasonFromHint('page_not_slack', `HTTP ${status}`) };
  return classifyStatus(status);
}

/** A stranger's answer says nothing but that it is not Slack's. */
const STRANGE = { class: 'transient', notHere: true } as const;

function formWords(status: number, word: string): OutcomeReason {
  if (REFUSED_FORM.has(word)) return { reason: `HTTP ${status} ${word}` };
  const { reason, explanation } = classifyStatus(status);
  return defined({ reason, explanation });
}
