import * as z from 'zod/mini';
import type { HttpResponse } from '../../http/client.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import { en } from '../../language/en.ts';
import { compose } from '../../messages/compose.ts';
import type { Events } from '../../messages/message.ts';
import type { Telling } from '../channel.ts';
import { type ChannelDeps, type ChannelPlug, httpShape, safeUrl } from '../channel-type.ts';
import { passes } from '../filter.ts';
import { attempt, isOfTheEvent, judgeStatus, type Verdict } from '../http-outcome.ts';
import { isMentioned, mentionOnSchema } from '../mention.ts';
import { remindEverySchema } from '../remind.ts';
import type { SlackMessage } from './blocks.ts';
import { render, roomFor } from './render.ts';
import { plainMessage } from './size.ts';

/** The forms that Slack turns into a mention. */
const MENTIONS = /^(?:<(?:!here|!channel|!everyone|!subteam\^[A-Z0-9]+|@[A-Z0-9]+)> ?){1,10}$/;
const MENTION_HINT =
  'expected <!here>, <!channel>, <@U…> (a member id) or <!subteam^S…> (a group id); Slack ignores plain @names';

const schema = z
  .strictObject({
    type: z.literal('slack'),
    ...httpShape,
    mention: z
      .optional(z.string({ error: MENTION_HINT }).check(z.refine((text) => MENTIONS.test(text))))
      .check(z.describe('Who is mentioned: <!here>, <@U…>, <!subteam^S…>; when, says mentionOn.')),
    mentionOn: mentionOnSchema,
    remindEvery: remindEverySchema,
  })
  .check(safeUrl, z.describe('A Slack incoming webhook.'));

type SlackConfig = z.output<typeof schema>;

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;
/** A message that Slack refuses for its form is sent once more as plain text. */
const MOST_REQUESTS = 2;

/** A Slack incoming webhook: messages for people. What is first seen together is told together. */
export const slack = {
  schema,
  kind: 'chat',
  create: (name, config, { http }) => ({
    name,
    timeoutMs: MOST_REQUESTS * LIMITS.timeoutMs,
    ...(config.remindEvery !== undefined && { remindEveryMs: config.remindEvery }),
    wants: (event, isFollowUp) => passes(event, config.when, isFollowUp),
    together: (event) => (event.type === 'dcs.migration.first_seen' ? 'first_seen' : undefined),
    send: (telling) => attempt(() => post(telling, config, http), judge, telling.now),
  }),
} satisfies ChannelPlug<typeof schema>;

async function post(telling: Telling, config: SlackConfig, http: ChannelDeps['http']): Promise<HttpResponse> {
  const message = messageOf(telling, config);
  const answer = await request(message, config, http);
  if (!isRefusedForm(answer)) return answer;
  const asText = await request(plainMessage(message), config, http);
  return { ...asText, ms: answer.ms + asText.ms };
}

function messageOf({ events: [event, ...others], ...outgoing }: Telling, config: SlackConfig): SlackMessage {
  if (event === undefined) throw new TypeError('nothing to tell');
  const events: Events = [event, ...others];
  const { mention, mentionOn } = config;
  const mentions = isMentioned(events, mentionOn);
  const composition = { ...outgoing, language: en, room: roomFor(mention), mentions };
  return render(compose(events, composition), mention);
}

function request(
  message: SlackMessage,
  { url, allowInsecure }: SlackConfig,
  http: ChannelDeps['http'],
): Promise<HttpResponse> {
  return http.request(
    {
      method: 'POST',
      url: new URL(url.reveal()),
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': USER_AGENT },
      body: JSON.stringify(message),
    },
    { ...LIMITS, allowInsecure },
  );
}

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
function judge(answer: HttpResponse): Verdict {
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
  if (isRefusedForm(answer)) return { class: 'permanent', reason: formWords(status, word) };
  if (isOfTheEvent(status))
    return { ...STRANGE, reason: `HTTP ${status} with a page, not Slack's; check the URL` };
  return judgeStatus(status);
}

/** Of a stranger's judgement nothing is known but that it is not Slack's. */
const STRANGE = { class: 'transient', notHere: true } as const;

function formWords(status: number, word: string): string {
  return REFUSED_FORM.has(word) ? `HTTP ${status} ${word}` : judgeStatus(status).reason;
}
