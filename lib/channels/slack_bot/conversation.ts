import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { type Overview, overviewOfEvent } from '../../events/overview.ts';
import type { Language } from '../../language/language.ts';
import { render, roomFor } from '../block-kit/render.ts';
import type { Outcome, Outgoing } from '../channel.ts';
import type { Recorder } from '../channel-type.ts';
import { outcomeOfError } from '../http-outcome.ts';
import { isMentioned } from '../mention.ts';
import { messageOf } from '../people.ts';
import { isGone } from './answers.ts';
import type { Call, Called } from './api.ts';
import { type Display, displayOf, type Memory } from './display.ts';
import { CALLS_OF_AN_EDIT, type Editor } from './edit.ts';
import { createPoster, type Post, type Poster } from './post.ts';
import { isOutOfReach, keptIn, type Place, placeOf, receiptFor } from './receipt.ts';
import type { BotConfig } from './settings.ts';

/** Everything that the messages of one bot need. */
export interface BotParts {
  readonly config: BotConfig;
  readonly call: Call;
  readonly language: Language;
  readonly memory: Memory;
  readonly editor: Editor;
  readonly recorder: Recorder | undefined;
}

/** One attempt to send, and what it has done so far. */
interface Attempt {
  readonly outgoing: Outgoing;
  readonly poster: Poster;
}

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
  const thread = keptIn(attempt.outgoing.thread)?.place;
  if (thread === undefined) return converseAnew(attempt, parts);
  const replied = await reply(thread, attempt, parts);
  const isLost = isGone(replied.answer) || isOutOfReach(replied.answer, thread, parts.config.channel);
  if (isLost) return converseAnew(attempt, parts);
  const receipt = stands(replied) ? await shownAt(thread, attempt, parts) : attempt.outgoing.thread;
  return afterReply(replied, receipt);
}

/** A first sight alone says no more than the message itself. */
async function converseAnew(attempt: Attempt, parts: BotParts): Promise<Outcome> {
  const { outgoing, poster } = attempt;
  const about = isSaidByRoot(attempt, parts) ? outgoing.events.at(-1) : undefined;
  const standing = { overview: overviewIn(outgoing), now: outgoing.now, about };
  const { outcome, place, receipt } = await root(standing, poster, parts);
  // Without its place there is no message that could be replied to.
  if (outcome.class === 'delivered' && place === undefined)
    return isSaidByRoot(attempt, parts) ? outcome : sayAlone(attempt, parts);
  if (place === undefined) return outcome;
  return isSaidByRoot(attempt, parts)
    ? withReceipt(outcome, receipt)
    : afterReply(await reply(place, attempt, parts), receipt);
}

/**
 * Makes the message of a task show at once what its reply says: then the receipt, which is written with the
 * acknowledgement, says what it shows. Where it cannot be edited now, it is later, and the receipt says nothing. What the
 * receipt said before is not believed: a run may have died between its edit and its acknowledgement.
 *
 * @returns the receipt
 */
async function shownAt(
  place: Place,
  { outgoing, poster }: Attempt,
  { editor, memory, language }: BotParts,
): Promise<string> {
  const { overview, now } = outgoing;
  if (overview === undefined) return receiptFor(place);
  const display = displayOf(overview, language, now);
  if (poster.left() >= CALLS_OF_AN_EDIT && editor.isDue(display, place, now)) {
    await editor.edit(display, place, now);
  }
  return receiptOf(display, place, memory);
}

function receiptOf({ digest, isMoving }: Display, place: Place, memory: Memory): string {
  return receiptFor(place, !isMoving && memory.shows(place, digest) ? digest : undefined);
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

/** A message that shows where something stands. */
interface Standing {
  readonly overview: Overview;
  readonly now: Date;
  /** The event that it says. */
  readonly about?: MigrationEvent | undefined;
}

/** The message that was posted, if it was. */
interface Root {
  readonly outcome: Outcome;
  readonly place?: Place | undefined;
  readonly receipt?: string | undefined;
}

async function root({ overview, now, about }: Standing, poster: Poster, parts: BotParts): Promise<Root> {
  const { config, language, memory } = parts;
  const display = displayOf(overview, language, now);
  const { outcome, answer } = await poster.post({
    payload: display.payload,
    channel: config.channel,
    about,
  });
  const place = outcome.class === 'delivered' && answer !== undefined ? placeOf(answer) : undefined;
  if (place === undefined) return { outcome };
  memory.posted(place, display.digest);
  return { outcome, place, receipt: receiptOf(display, place, memory) };
}

function reply(thread: Place, { outgoing, poster }: Attempt, parts: BotParts): Promise<Called> {
  return poster.post({ ...postOf(outgoing, parts), thread });
}

/** Nobody is notified of an edit: what somebody must see is shown in the channel, too. */
function mustBeSeen(events: readonly MigrationEvent[], isCalled: boolean): boolean {
  return isCalled || events.some(({ data }) => data.severity === 'failure' || data.severity === 'action');
}

function postOf(outgoing: Outgoing, { config, language, recorder }: BotParts): Post {
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
function stands(replied: Called): boolean {
  return replied.outcome.class === 'delivered' && !isParentGone(replied);
}

function afterReply(replied: Called, receipt: string | undefined): Outcome {
  return withReceipt(replied.outcome, isParentGone(replied) ? '' : receipt);
}

function withReceipt(outcome: Outcome, receipt: string | undefined): Outcome {
  return defined({ ...outcome, receipt });
}
