import type { Overview } from '../../../events/overview.ts';
import type { Language } from '../../../language/language.ts';
import type { Live, Outcome } from '../../channel.ts';
import { displayOf, type Memory } from './display.ts';
import type { Editor } from './edit.ts';
import { parseReceipt, receiptFor } from './receipt.ts';

/** Everything that the edits of one bot need. */
interface LiveParts {
  readonly editor: Editor;
  readonly language: Language;
  readonly memory: Memory;
  root(overview: Overview, now: Date): Promise<Outcome>;
}

/**
 * Edits the messages of one bot. When it did, only this process remembers; what a message shows, its receipt may say, so that
 * a process that was just started leaves alone what has not changed.
 */
export function createLive({ editor, language, memory, root }: LiveParts): Live {
  return {
    shownAt: (receipt) => {
      const kept = parseReceipt(receipt);
      return kept === undefined ? 0 : memory.editedAt(kept.ref);
    },
    post: root,
    async show(overview, receipt, now, keep) {
      const kept = parseReceipt(receipt);
      if (kept === undefined) return 'gone';
      const { ref, digest } = kept;
      if (digest !== undefined) memory.known(ref, digest);
      const display = displayOf(overview, language, now);
      if (!editor.isDue(display, ref, now)) return 'unchanged';
      // The same may be shown again later: until an event is delivered, the receipt says nothing of it.
      if (digest !== undefined && !(await keep(receiptFor(ref)))) return 'unchanged';
      return editor.edit(display, ref, now);
    },
  };
}
