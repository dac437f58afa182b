import * as z from 'zod/mini';
import type { MigrationEvent } from '../events/event.ts';
import { SEVERITIES } from '../events/phase.ts';
import { EVENT_WORDS, hint, wordOfType } from './filter.ts';

const WORDS = [...SEVERITIES, ...EVENT_WORDS];

const EXPECTED = `expected severities (${SEVERITIES.join(', ')}) or event types such as migration.cutover_ready`;

/** The setting `mentionOn` of a chat: severities or event types; none of them is a chat that never mentions anybody. */
export const mentionOnSchema = z
  .optional(z.array(z.enum(WORDS, { error: hint(WORDS, EXPECTED) })))
  .check(z.describe('When to mention people: severities or event types; default: [failure].'));

export type MentionOn = z.output<typeof mentionOnSchema>;

const DEFAULT: NonNullable<MentionOn> = ['failure'];

/** Whether one message about these events is to mention somebody; nobody is for a drill. */
export function isMentioned(events: readonly MigrationEvent[], mentionOn: MentionOn = DEFAULT): boolean {
  const words: ReadonlySet<string> = new Set(mentionOn);
  return events.some(
    ({ type, data, drill }) =>
      drill === undefined && (words.has(data.severity) || words.has(wordOfType(type))),
  );
}
