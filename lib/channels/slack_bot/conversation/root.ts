import type { MigrationEvent } from '../../../events/event.ts';
import type { Overview } from '../../../events/overview.ts';
import type { Outcome } from '../../channel.ts';
import { type Display, displayOf, type Memory } from './display.ts';
import { CALLS_OF_AN_EDIT } from './edit.ts';
import type { Attempt, BotParts } from './parts.ts';
import type { Poster } from './post.ts';
import { type MessageRef, receiptFor, refOf } from './receipt.ts';

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
  readonly ref?: MessageRef | undefined;
  readonly receipt?: string | undefined;
}

/** Posts such a message. */
export async function root(
  { overview, now, about }: Standing,
  poster: Poster,
  parts: BotParts,
): Promise<Root> {
  const { config, language, memory } = parts;
  const display = displayOf(overview, language, now);
  const { outcome, answer } = await poster.post({
    payload: display.payload,
    channel: config.channel,
    about,
  });
  const ref = outcome.class === 'delivered' && answer !== undefined ? refOf(answer) : undefined;
  if (ref === undefined) return { outcome };
  memory.posted(ref, display.digest);
  return { outcome, ref, receipt: receiptOf(display, ref, memory) };
}

/**
 * Makes the message of a task show at once what its reply says: then the receipt, which is written with the
 * acknowledgement, says what it shows. Where it cannot be edited now, it is later, and the receipt says nothing. What the
 * receipt said before is not believed: a run may have died between its edit and its acknowledgement.
 *
 * @returns the receipt
 */
export async function shownAt(
  ref: MessageRef,
  { outgoing, poster }: Attempt,
  { editor, memory, language }: BotParts,
): Promise<string> {
  const { overview, now } = outgoing;
  if (overview === undefined) return receiptFor(ref);
  const display = displayOf(overview, language, now);
  if (poster.left() >= CALLS_OF_AN_EDIT && editor.isDue(display, ref, now)) {
    await editor.edit(display, ref, now);
  }
  return receiptOf(display, ref, memory);
}

function receiptOf({ digest, isMoving }: Display, ref: MessageRef, memory: Memory): string {
  return receiptFor(ref, !isMoving && memory.shows(ref, digest) ? digest : undefined);
}
