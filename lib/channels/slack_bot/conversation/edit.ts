import { plainMessage } from '../../block-kit/size.ts';
import type { Outcome, Shown } from '../../channel.ts';
import { isGone } from '../answers.ts';
import type { Call, Called } from '../api.ts';
import type { Display, Memory } from './display.ts';
import { isOutOfReach, type MessageRef } from './receipt.ts';

/** The least distance of two edits of one message. */
const EDIT_EVERY_MS = 30_000;
/** The rest of all edits after Slack asked for one without saying how long. */
const PAUSE_MS = 60_000;
/** The most that one edit takes: a second one where its form is refused. */
export const CALLS_OF_AN_EDIT = 2;

interface EditorParts {
  readonly call: Call;
  readonly memory: Memory;
  /** As the settings name it. */
  readonly channel: string;
}

/** Edits the messages of one bot. */
export interface Editor {
  /** Whether a message shows something else, and may be edited now. */
  isDue(display: Display, ref: MessageRef, now: Date): boolean;
  /** Never throws. */
  edit(display: Display, ref: MessageRef, now: Date): Promise<Shown>;
}

export function createEditor({ call, memory, channel }: EditorParts): Editor {
  let pausedUntil = 0;
  return {
    isDue({ digest }, ref, now) {
      const isSoon = now.getTime() - memory.editedAt(ref) < EDIT_EVERY_MS;
      return !memory.shows(ref, digest) && !isSoon && now.getTime() >= pausedUntil;
    },
    async edit(display, ref, now) {
      const { outcome, answer } = await update(display, ref, call, now);
      const isShown = outcome.class === 'delivered';
      memory.edited(ref, isShown ? display.digest : undefined, now);
      pausedUntil = now.getTime() + pauseAfter(outcome);
      if (isGone(answer) || isOutOfReach(answer, ref, channel)) return 'gone';
      return isShown ? 'shown' : 'failed';
    },
  };
}

/** Slack removes old blocks that come without new ones, and shows no "(edited)" where there are some. */
async function update({ payload }: Display, ref: MessageRef, call: Call, now: Date): Promise<Called> {
  const asText = { parse: 'none', link_names: false } as const;
  const { text, blocks = [], attachments = [] } = payload;
  const called = await call('chat.update', { ...ref, ...asText, text, blocks, attachments }, now);
  if (!called.isForm) return called;
  const plain = { ...ref, ...asText, text: plainMessage(payload).text, blocks: [], attachments: [] };
  return call('chat.update', plain, now);
}

function pauseAfter({ class: outcomeClass, retryAfterMs }: Outcome): number {
  return outcomeClass === 'pause' ? (retryAfterMs ?? PAUSE_MS) : 0;
}
