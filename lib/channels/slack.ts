import * as z from 'zod/mini';
import type { HttpResponse } from '../http/client.ts';
import type { MigrationEvent } from '../migration/event.ts';
import { attempt, judgeStatus, type Verdict } from './answer.ts';
import type { Telling } from './channel.ts';
import { passes } from './filter.ts';
import { isMentioned, mentionOnSchema } from './mention.ts';
import { type ChannelDeps, type ChannelPlug, httpShape, safeUrl, USER_AGENT } from './plug.ts';
import type { SlackMessage } from './slack-blocks.ts';
import { digestMessage } from './slack-digest.ts';
import { type Events, eventMessage } from './slack-message.ts';

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
  })
  .check(safeUrl, z.describe('A Slack incoming webhook.'));

type SlackConfig = z.output<typeof schema>;

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;
/** A message that Slack refuses for its form is sent once more as plain text. */
const MOST_REQUESTS = 2;

/** A Slack incoming webhook: messages for people. What is first seen together is told together. */
export const slack = {
  schema,
  create: (name, config, { http }) => ({
    name,
    kind: 'chat',
    timeoutMs: MOST_REQUESTS * LIMITS.timeoutMs,
    wants: (event, isFollowUp) => passes(event, config.when, isFollowUp),
    together: (event) => (event.type === 'dcs.migration.first_seen' ? 'first_seen' : undefined),
    send: (telling) => attempt(() => post(telling, config, http), judge, telling.now),
  }),
} satisfies ChannelPlug<typeof schema>;

async function post(telling: Telling, config: SlackConfig, http: ChannelDeps['http']): Promise<HttpResponse> {
  const message = messageOf(telling, config);
  const answer = await request(message, config, http);
  if (!isRefusedForm(answer)) return answer;
  const asText = await request({ text: message.text, mrkdwn: message.mrkdwn }, config, http);
  return { ...asText, ms: answer.ms + asText.ms };
}

/** What one look at one task noticed is one message; anything else that is told together is a digest. */
function messageOf(
  { events: [event, ...others], ...telling }: Telling,
  { mention, mentionOn }: SlackConfig,
): SlackMessage {
  if (event === undefined) throw new TypeError('nothing to tell');
  const events: Events = [event, ...others];
  const called = isMentioned(events, mentionOn) ? mention : undefined;
  const isOneLook = others.every((other) => isOfOneLook(event, other));
  return isOneLook ? eventMessage(events, telling, called) : digestMessage(events, telling, called);
}

function isOfOneLook(a: MigrationEvent, b: MigrationEvent): boolean {
  return a.source === b.source && a.subject === b.subject && a.time === b.time;
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
 * Slack's words for what is wrong, in the body of the answer ("Sending messages using incoming webhooks", Handling
 * errors). Only these are ever repeated: any other body may be a proxy's and carry anything.
 */
const REFUSED_FORM: ReadonlySet<string> = new Set([
  'invalid_payload',
  'invalid_blocks',
  'no_text',
  'too_many_attachments',
]);
const REFUSED_CHANNEL: ReadonlyMap<string, string> = new Map([
  ['action_prohibited', 'an administrator forbids it; ask one'],
  ['posting_to_general_channel_denied', 'posting to this channel is restricted; ask an administrator'],
  ['invalid_token', 'the URL is no longer valid; make a new one'],
  ['channel_not_found', 'the channel was deleted; make a new webhook'],
  ['no_service', 'the webhook was removed or disabled; make a new one'],
  ['no_service_id', 'the URL is incomplete; copy it again'],
  ['no_active_hooks', 'the webhook was disabled; make a new one'],
  ['no_team', 'the URL names no workspace; copy it again'],
  ['team_disabled', 'the workspace is disabled'],
  ['channel_is_archived', 'the channel was archived; unarchive it or make a new webhook'],
]);
/** Whatever the body says, these are about the webhook, not about the message. */
const OF_THE_CHANNEL: ReadonlySet<number> = new Set([403, 404, 410]);

function isRefusedForm({ status, body }: HttpResponse): boolean {
  return status === 400 && REFUSED_FORM.has(body.trim());
}

/**
 * The outcome table of Slack. What Slack never answers with comes from somebody on the way and is judged as anybody's.
 *
 * A 2xx without Slack's `ok` is a proxy's or another service's: not delivered, yet never sent again, for it may have
 * been taken. If the body was lost on the way the status decides.
 */
function judge(answer: HttpResponse): Verdict {
  const { status, body, truncated } = answer;
  const word = body.trim();
  if (status >= 200 && status < 300) {
    if (status === 200 && (word === 'ok' || truncated)) return { class: 'delivered', reason: 'HTTP 200' };
    return { class: 'permanent', reason: `HTTP ${status} without Slack's ok; check the URL` };
  }
  if (isRefusedForm(answer)) return { class: 'permanent', reason: `HTTP 400 ${word}` };
  if (!OF_THE_CHANNEL.has(status)) return judgeStatus(status);
  const hint = REFUSED_CHANNEL.get(word);
  const reason = hint === undefined ? 'refuses this webhook; check the URL' : `${word}: ${hint}`;
  return { class: 'broken', reason: `HTTP ${status} ${reason}` };
}
