import type { Overview } from '../../events/overview.ts';
import type { Language } from '../../language/language.ts';
import type { Message } from '../../messages/message.ts';
import { composeStanding } from '../../messages/standing.ts';
import type { SlackMessage } from '../block-kit/blocks.ts';
import { render, roomFor } from '../block-kit/render.ts';

/** A message that shows where a subject stands. */
export interface Display {
  readonly payload: SlackMessage;
  /** The same for two messages that differ in nothing but when their figures were read. */
  readonly content: string;
}

export function displayOf(overview: Overview, language: Language, now: Date): Display {
  const message = composeStanding(overview, { language, room: roomFor(undefined), now });
  return { payload: render(message, undefined), content: contentOf(message) };
}

function contentOf(message: Message): string {
  const { footer: _footer, moment: _moment, ...content } = message;
  return JSON.stringify(content);
}

/** What this process has shown, by receipt. */
export interface Memory {
  /** Whether a message shows this content already. */
  shows(receipt: string, content: string): boolean;
  /** When a message was last edited, or an edit was tried; 0: never. Milliseconds since the epoch. */
  editedAt(receipt: string): number;
  posted(receipt: string, content: string): void;
  /** @param content nothing when the edit failed */
  edited(receipt: string, content: string | undefined, now: Date): void;
}

interface Shown {
  readonly content: string | undefined;
  readonly at: number;
}

/** More messages than this are edited once more than need be. */
const MOST_KEPT = 5000;

export function createMemory(): Memory {
  const messages = new Map<string, Shown>();
  const keep = (receipt: string, shown: Shown) => {
    messages.delete(receipt);
    messages.set(receipt, shown);
    const [oldest] = messages.keys();
    if (messages.size > MOST_KEPT && oldest !== undefined) messages.delete(oldest);
  };
  return {
    shows: (receipt, content) => messages.get(receipt)?.content === content,
    editedAt: (receipt) => messages.get(receipt)?.at ?? 0,
    posted: (receipt, content) => keep(receipt, { content, at: 0 }),
    edited: (receipt, content, now) => keep(receipt, { content, at: now.getTime() }),
  };
}
