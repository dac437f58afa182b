import type { LastFigures } from '../../events/event.ts';

export const NEVER_KNOWN: LastFigures = { state: 'unknown', words: 'nobody knows how far the target was' };

/** How a sentence about an end goes on: ` while 9 GB behind`, `, and nobody knows how far the target was`. */
export function endWords({ state, words }: LastFigures): string {
  if (state === 'unknown') return `, and ${words}`;
  if (state === 'in step') return '';
  return words.includes(' behind') ? ` while ${words}` : ` with ${words}`;
}
