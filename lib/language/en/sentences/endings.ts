import type { LastFigures, Unmet } from '../../../events/event.ts';
import { isGoodEnd, unmetParts } from '../../facts.ts';
import { shortPercent } from '../../format.ts';
import type { Prose } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { bytes } from '../figures.ts';

/** Of how far a target is. */
export const NEVER_KNOWN = 'unknown';

/** How a sentence about an end goes on: ` while 9 GB behind`, ` with the target state unknown`. */
export function endWords(last: LastFigures | undefined): string {
  if (last === undefined || isGoodEnd(last)) return '';
  const { state, words } = last;
  // States of older versions keep a clause of their own.
  if (state === 'unknown')
    return words.startsWith(NEVER_KNOWN) ? ` with the target state ${words}` : `, and ${words}`;
  return words.includes(' behind') ? ` while ${words}` : ` with ${words}`;
}

/** `9 GB behind, 60 % of the keys missing`; of what is within its limit it says nothing. */
export function distanceWords(distance: Partial<LastFigures>, unmet: readonly Unmet[]): string {
  const { offset, sourceKeys = 0, targetKeys = 0, keyGapPercent } = distance;
  const gap = keyGapPercent === undefined ? 0 : shortPercent(keyGapPercent);
  const which = targetKeys < sourceKeys ? 'of the keys missing' : "of the target's keys not in the source";
  const parts = unmetParts(unmet, [
    ['lag', offset === undefined ? undefined : `${bytes(offset)} behind`],
    ['keys', `${gap} % ${which}`],
    ['lag unknown', 'lag unknown'],
    ['keys unknown', 'key counts unknown'],
  ]);
  return parts.length === 0 ? 'in step' : parts.join(', ');
}

/** A target whose distance nobody knows, or only as it had been before. */
export function unknownWords({ moment }: Moments): Prose['unknownDistance'] {
  return (before) =>
    before === undefined ? NEVER_KNOWN : `${NEVER_KNOWN} (last seen ${moment(before.at)}: ${before.words})`;
}
