import type { MigrationEvent } from '../../../events/event.ts';
import { reasonFromHint } from '../../answers/outcome-reason.ts';
import type { SlackMessage } from '../../block-kit/blocks.ts';
import { plainMessage } from '../../block-kit/size.ts';
import { CALL_MS, type Call, type Called } from '../api.ts';
import type { MessageRef } from './receipt.ts';

/** One message to a channel. */
export interface Post {
  readonly payload: SlackMessage;
  readonly channel: string;
  /** The message that it replies to. */
  readonly thread?: MessageRef | undefined;
  /** A reply that the channel sees, too. */
  readonly isBroadcast?: boolean;
  /** Its events, for programs that read the channel. */
  readonly about?: MigrationEvent | undefined;
}

/** As many calls as one attempt to send makes: a reply to a message that is gone, another one, the reply, and a simpler form. */
const MOST_CALLS = 4;
export const ATTEMPT_MS = MOST_CALLS * CALL_MS;

/** Posts messages of one attempt. Never throws. */
export interface Poster {
  post(post: Post): Promise<Called>;
  /** How many more calls this attempt may make. */
  left(): number;
  /** Milliseconds of all calls so far. */
  ms(): number;
}

/** An attempt that has no call left. What was done is kept by its receipt; the rest is done by the next one. */
const NO_CALL_LEFT: Called = {
  outcome: { class: 'transient', ...reasonFromHint('too_many_calls'), ms: 0 },
  isForm: false,
};

export function createPoster(call: Call, now: Date): Poster {
  let calls = 0;
  let ms = 0;
  const once = async (body: object): Promise<Called> => {
    if (calls >= MOST_CALLS) return NO_CALL_LEFT;
    calls += 1;
    const called = await call('chat.postMessage', body, now);
    ms += called.outcome.ms;
    return called;
  };
  return {
    left: () => MOST_CALLS - calls,
    ms: () => ms,
    async post(post) {
      let body: Body | undefined = bodyOf(post);
      let called = NO_CALL_LEFT;
      for (; body !== undefined; body = simpler(body, called, post)) called = await once(body);
      return called;
    },
  };
}

/** The fields of chat.postMessage; JSON leaves out what is undefined. */
interface Body {
  readonly channel: string;
  readonly text: string;
  readonly mrkdwn: false;
  readonly blocks: SlackMessage['blocks'] | undefined;
  readonly attachments: SlackMessage['attachments'] | undefined;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly thread_ts: string | undefined;
  readonly reply_broadcast: true | undefined;
  readonly metadata: object | undefined;
}

function bodyOf({ payload, channel, thread, isBroadcast = false, about }: Post): Body {
  return {
    channel: thread?.channel ?? channel,
    text: payload.text,
    mrkdwn: false,
    blocks: payload.blocks,
    attachments: payload.attachments,
    unfurl_links: false,
    unfurl_media: false,
    thread_ts: thread?.ts,
    reply_broadcast: thread !== undefined && isBroadcast ? true : undefined,
    metadata: about && metadataOf(about),
  };
}

function metadataOf({ id, type, subject, sequence }: MigrationEvent): object {
  return { event_type: 'dcs_migration', event_payload: { event_id: id, type, subject, sequence } };
}

/** The same message without the part that Slack refused; nothing when nothing can be left out. */
function simpler(body: Body, { answer, isForm }: Called, { payload }: Post): Body | undefined {
  const { reply_broadcast, metadata, attachments } = body;
  switch (answer?.error) {
    case 'cant_broadcast_message':
      return reply_broadcast && { ...body, reply_broadcast: undefined };
    case 'metadata_must_be_sent_from_app':
      return metadata && { ...body, metadata: undefined };
  }
  if (!isForm || attachments === undefined) return undefined;
  const { text } = plainMessage(payload);
  return { ...body, text, blocks: undefined, attachments: undefined, metadata: undefined };
}
