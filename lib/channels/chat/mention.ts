import * as z from 'zod/mini';
import type { MigrationEvent } from '../../events/event.ts';
import { SEVERITIES } from '../../events/phase.ts';
import { EVENT_WORDS, hint, wordOfType } from '../filter.ts';

const WORDS = [...SEVERITIES, ...EVENT_WORDS];

const EXPECTED = `expected severities (${SEVERITIES.join(', ')}) or event types such as migration.cutover_ready`;

/** Events by their severities or types. */
export const wordsSchema = z.array(z.enum(WORDS, { error: hint(WORDS, EXPECTED) }));

/**
 * The setting `mentionOn` of a chat: severities or event types. An empty list means that the chat never mentions
 * anybody.
 */
export const mentionOnSchema = z
  .optional(wordsSchema)
  .check(z.describe('When to mention people: severities or event types; default: [failure].'));

export type MentionOn = z.output<typeof mentionOnSchema>;

const DEFAULT: NonNullable<MentionOn> = ['failure'];

/** Whether a message about these events mentions people. A drill never does. */
export function isMentioned(events: readonly MigrationEvent[], mentionOn: MentionOn = DEFAULT): boolean {
  const words: ReadonlySet<string> = new Set(mentionOn);
  return events.some((event) => event.drill === undefined && matchesAny(event, words));
}

/** Whether one of these words is the severity or the type of an event. */
export function matchesAny(
  { type, data: { severity } }: MigrationEvent,
  words: ReadonlySet<string>,
): boolean {
  return words.has(severity) || words.has(wordOfType(type));
}
