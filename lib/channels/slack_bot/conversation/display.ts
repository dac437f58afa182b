import { fingerprintOfTexts } from '../../../base/fingerprint.ts';
import type { Overview } from '../../../events/overview.ts';
import type { Language } from '../../../language/language.ts';
import type { Message } from '../../../messages/message.ts';
import { composeStanding } from '../../../messages/standing.ts';
import type { SlackMessage } from '../../block-kit/blocks.ts';
import { render, roomFor } from '../../block-kit/render.ts';
import { type MessageRef, receiptFor } from './receipt.ts';

/** A message that shows where a subject stands. */
export interface Display {
  readonly payload: SlackMessage;
  /** The same for two messages that differ in nothing but when their figures were read. */
  readonly digest: string;
  /** Its figures change at every look. */
  readonly isMoving: boolean;
}

export function displayOf(overview: Overview, language: Language, now: Date): Display {
  const message = composeStanding(overview, { language, room: roomFor(undefined), now });
  const isMoving = overview.facts.progress !== undefined;
  return { payload: render(message, undefined), digest: digestOf(message), isMoving };
}

function digestOf(message: Message): string {
  const { footer: _footer, moment: _moment, ...content } = message;
  return fingerprintOfTexts([JSON.stringify(content)]);
}

/** The content of messages, as far as this process knows. */
export interface Memory {
  /** Whether a message shows this already. */
  shows(ref: MessageRef, digest: string): boolean;
  /** When this process last edited a message, or tried to; 0: never. Milliseconds since the epoch. */
  editedAt(ref: MessageRef): number;
  /** The content by the record: another process may have edited the message. */
  known(ref: MessageRef, digest: string): void;
  posted(ref: MessageRef, digest: string): void;
  /** @param digest nothing when the edit failed */
  edited(ref: MessageRef, digest: string | undefined, now: Date): void;
}

interface Shown {
  readonly digest: string | undefined;
  readonly at: number;
}

/** More messages than this are edited once more than need be. */
const MOST_KEPT = 5000;

export function createMemory(): Memory {
  const messages = new Map<string, Shown>();
  const keep = (ref: MessageRef, shown: Shown) => {
    const key = receiptFor(ref);
    messages.delete(key);
    messages.set(key, shown);
    const [oldest] = messages.keys();
    if (messages.size > MOST_KEPT && oldest !== undefined) messages.delete(oldest);
  };
  const shownAt = (ref: MessageRef) => messages.get(receiptFor(ref));
  return {
    shows: (ref, digest) => shownAt(ref)?.digest === digest,
    editedAt: (ref) => shownAt(ref)?.at ?? 0,
    known: (ref, digest) => keep(ref, { digest, at: shownAt(ref)?.at ?? 0 }),
    posted: (ref, digest) => keep(ref, { digest, at: 0 }),
    edited: (ref, digest, now) => keep(ref, { digest, at: now.getTime() }),
  };
}
