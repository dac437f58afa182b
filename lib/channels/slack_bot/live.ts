import type { Overview } from '../../events/overview.ts';
import type { Language } from '../../language/language.ts';
import { plainMessage } from '../block-kit/size.ts';
import type { Live, Outcome, Shown } from '../channel.ts';
import { isGone } from './answers.ts';
import type { Call, Called } from './api.ts';
import { type Display, displayOf, type Memory } from './display.ts';
import { type Place, placeIn } from './receipt.ts';

/** The least distance of two edits of one message. */
const EDIT_EVERY_MS = 30_000;
/** The rest of all edits after Slack asked for one without saying how long. */
const REST_MS = 60_000;

/** Everything that the edits of one bot need. */
interface LiveParts {
  readonly call: Call;
  readonly language: Language;
  readonly memory: Memory;
  root(overview: Overview, now: Date): Promise<Outcome>;
}

/** Edits the messages of one bot; what it showed, and when, only this process remembers: an edit may be repeated. */
export function createLive(parts: LiveParts): Live {
  const { language, memory } = parts;
  let restsUntil = 0;
  return {
    shownAt: memory.editedAt,
    post: parts.root,
    async show(overview, receipt, now) {
      const display = displayOf(overview, language, now);
      const place = placeIn(receipt);
      if (place === undefined) return 'gone';
      const isSoon = now.getTime() - memory.editedAt(receipt) < EDIT_EVERY_MS;
      if (memory.shows(receipt, display.content) || isSoon || now.getTime() < restsUntil) return 'unchanged';
      const called = await edit(display, place, parts, now);
      const shown = shownBy(called);
      memory.edited(receipt, shown === 'shown' ? display.content : undefined, now);
      restsUntil = now.getTime() + restAfter(called.outcome);
      return shown;
    },
  };
}

/** Slack removes old blocks that come without new ones, and shows no "(edited)" where there are some. */
async function edit({ payload }: Display, place: Place, { call }: LiveParts, now: Date): Promise<Called> {
  const asText = { parse: 'none', link_names: false } as const;
  const { text, blocks = [], attachments = [] } = payload;
  const called = await call('chat.update', { ...place, ...asText, text, blocks, attachments }, now);
  if (!called.isForm) return called;
  const plain = { ...place, ...asText, text: plainMessage(payload).text, blocks: [], attachments: [] };
  return call('chat.update', plain, now);
}

function shownBy({ outcome, answer }: Called): Shown {
  if (isGone(answer)) return 'gone';
  return outcome.class === 'delivered' ? 'shown' : 'failed';
}

function restAfter({ class: outcomeClass, retryAfterMs }: Outcome): number {
  return outcomeClass === 'pause' ? (retryAfterMs ?? REST_MS) : 0;
}
