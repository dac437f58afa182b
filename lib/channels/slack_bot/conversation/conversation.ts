import { type Overview, overviewOfEvent } from '../../../events/overview.ts';
import { outcomeOfError } from '../../answers/http-outcome.ts';
import type { Outcome, Outgoing } from '../../channel.ts';
import { isMentioned } from '../../chat/mention.ts';
import { isGone } from '../answers.ts';
import type { Attempt, BotParts } from './parts.ts';
import { createPoster } from './post.ts';
import { isOutOfReach, parseReceipt } from './receipt.ts';
import { afterReply, isPosted, postOf, reply, withReceipt } from './reply.ts';
import { root, shownAt } from './root.ts';

/**
 * Makes one attempt: a message for the task or group, where it has none, and the events as a reply to it. Events of many
 * tasks, and of what has no message of its own, stand alone. Never throws.
 */
export async function sendEvents(outgoing: Outgoing, parts: BotParts): Promise<Outcome> {
  try {
    const attempt: Attempt = { outgoing, poster: createPoster(parts.call, outgoing.now) };
    const { receipt, ...outcome } = await (hasThread(outgoing) ? converse : sayAlone)(attempt, parts);
    const isNew = receipt !== outgoing.thread;
    return withReceipt({ ...outcome, ms: attempt.poster.ms() }, isNew ? receipt : undefined);
  } catch (error) {
    return outcomeOfError(error);
  }
}

/** Posts the message of a task or a group. Never throws. */
export async function postRoot(overview: Overview, now: Date, parts: BotParts): Promise<Outcome> {
  const { outcome, receipt } = await root({ overview, now }, createPoster(parts.call, now), parts);
  return withReceipt(outcome, receipt);
}

function hasThread({ events }: Outgoing): boolean {
  const [first] = events;
  const isOne = events.every(({ source, subject }) => source === first?.source && subject === first.subject);
  return isOne && (first?.data.task !== undefined || first?.data.group !== undefined);
}

async function sayAlone(attempt: Attempt, parts: BotParts): Promise<Outcome> {
  return (await attempt.poster.post(postOf(attempt.outgoing, parts))).outcome;
}

async function converse(attempt: Attempt, parts: BotParts): Promise<Outcome> {
  const thread = parseReceipt(attempt.outgoing.thread)?.ref;
  if (thread === undefined) return converseAnew(attempt, parts);
  const replied = await reply(thread, attempt, parts);
  const isLost = isGone(replied.answer) || isOutOfReach(replied.answer, thread, parts.config.channel);
  if (isLost) return converseAnew(attempt, parts);
  const receipt = isPosted(replied) ? await shownAt(thread, attempt, parts) : attempt.outgoing.thread;
  return afterReply(replied, receipt);
}

/** A first sight alone says no more than the message itself. */
async function converseAnew(attempt: Attempt, parts: BotParts): Promise<Outcome> {
  const { outgoing, poster } = attempt;
  const about = isSaidByRoot(attempt, parts) ? outgoing.events.at(-1) : undefined;
  const standing = { overview: overviewIn(outgoing), now: outgoing.now, about };
  const { outcome, ref, receipt } = await root(standing, poster, parts);
  // Without a reference to the message nothing can be replied to it.
  if (outcome.class === 'delivered' && ref === undefined)
    return isSaidByRoot(attempt, parts) ? outcome : sayAlone(attempt, parts);
  if (ref === undefined) return outcome;
  return isSaidByRoot(attempt, parts)
    ? withReceipt(outcome, receipt)
    : afterReply(await reply(ref, attempt, parts), receipt);
}

function isSaidByRoot({ outgoing: { events } }: Attempt, { config }: BotParts): boolean {
  return (
    !isMentioned(events, config.mentionOn) &&
    events.every(({ type, data }) => type === 'dcs.migration.first_seen' && data.severity === 'info')
  );
}

function overviewIn({ events, overview }: Outgoing): Overview {
  const last = events.at(-1);
  if (last === undefined) throw new TypeError('nothing to send');
  return overview ?? overviewOfEvent(last);
}
