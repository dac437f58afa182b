import { defined } from '../../../base/defined.ts';
import type { MigrationEvent } from '../../../events/event.ts';
import { render, roomFor } from '../../block-kit/render.ts';
import type { Outcome, Outgoing } from '../../channel.ts';
import { messageOf } from '../../chat/people.ts';
import type { Called } from '../api.ts';
import type { Attempt, BotParts } from './parts.ts';
import type { Post } from './post.ts';
import type { MessageRef } from './receipt.ts';

/** Says the events below their message. */
export function reply(thread: MessageRef, { outgoing, poster }: Attempt, parts: BotParts): Promise<Called> {
  return poster.post({ ...postOf(outgoing, parts), thread });
}

/** Nobody is notified of an edit: what somebody must see is shown in the channel, too. */
function mustBeSeen(events: readonly MigrationEvent[], isCalled: boolean): boolean {
  return isCalled || events.some(({ data }) => data.severity === 'failure' || data.severity === 'action');
}

/** The events as a message. */
export function postOf(outgoing: Outgoing, { config, language, recorder }: BotParts): Post {
  const { events } = outgoing;
  const { channel, mention, mentionOn } = config;
  const message = messageOf(outgoing, { language, room: roomFor(mention), mentionOn });
  recorder?.message(message);
  return {
    payload: render(message, mention),
    channel,
    isBroadcast: mustBeSeen(events, message.mentions),
    about: events.at(-1),
  };
}

/** A reply to a message that was deleted is not refused: it stands in the channel, without a thread. */
function isParentGone({ outcome, answer }: Called): boolean {
  return (
    outcome.class === 'delivered' && answer?.message !== undefined && answer.message.thread_ts === undefined
  );
}

/** Whether it stands below its message. */
export function isPosted(replied: Called): boolean {
  return replied.outcome.class === 'delivered' && !isParentGone(replied);
}

export function afterReply(replied: Called, receipt: string | undefined): Outcome {
  return withReceipt(replied.outcome, isParentGone(replied) ? '' : receipt);
}

export function withReceipt(outcome: Outcome, receipt: string | undefined): Outcome {
  return defined({ ...outcome, receipt });
}
