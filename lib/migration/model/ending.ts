/** How far the target of a replication was when it ended, or when clients were switched to it. */
export interface LastFigures {
  /** `unknown`: nobody ever knew, or it was too long ago. */
  readonly state: 'in step' | 'behind' | 'unknown';
  /** When they were seen last, as far as that was written down (ISO 8601, UTC); absent where they never were. */
  readonly at?: string;
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly keyGapPercent?: number;
  /** All of it in words: `9 GB behind, 60 % of the keys missing`. */
  readonly words: string;
}

export const NEVER_KNOWN: LastFigures = { state: 'unknown', words: 'nobody knows how far the target was' };

/** How a sentence about an end goes on: ` while 9 GB behind`, `, and nobody knows how far the target was`. */
export function endWords({ state, words }: LastFigures): string {
  if (state === 'unknown') return `, and ${words}`;
  if (state === 'in step') return '';
  return words.includes(' behind') ? ` while ${words}` : ` with ${words}`;
}
