/** The word of a list that a mistyped word was most likely meant to be; nothing if none is near. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const [best] = words
    .filter((word) => Math.abs(typed.length - word.length) <= word.length / 2)
    .map((word) => ({ word, distance: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= best.word.length / 2 ? best.word : undefined;
}

/** Begins a hint with the word that was most likely meant: `did you mean slack? `; empty if none is near. */
export function didYouMean(typed: string, words: readonly string[]): string {
  const meant = nearest(typed, words);
  return meant === undefined ? '' : `did you mean ${meant}? `;
}

/** How many letters must be inserted, removed or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Comparing costs the product of two lengths. */
const MOST_COMPARED = 1000;

/**
 * The names that a pattern was most likely meant to fit, the nearest first: those that need the fewest letters changed
 * until they do (`*` is any text, `?` any character; upper and lower case are the same here).
 *
 * @param most how many of them
 */
export function nearestToPattern(pattern: string, names: readonly string[], most: number): string[] {
  return names
    .slice(0, MOST_COMPARED)
    .map((name) => ({ name, distance: distanceToPattern(pattern.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** As {@link distance}, but a star swallows letters for nothing. */
function distanceToPattern(pattern: string, name: string): number {
  let row = Array.from({ length: name.length + 1 }, (_, i) => i);
  for (const letter of pattern) row = nextRow(row, letter, name);
  return row.at(-1) ?? 0;
}

/** @param above the distances of the pattern's beginning before this letter to all beginnings of the name */
function nextRow(above: readonly number[], letter: string, name: string): number[] {
  const cost = letter === '*' ? 0 : 1;
  const row = [(above[0] ?? 0) + cost];
  for (let j = 0; j < name.length; j += 1) {
    const isAlike = letter === name[j] || letter === '?';
    const replaced = (above[j] ?? 0) + (isAlike ? 0 : cost);
    row.push(Math.min(replaced, (above[j + 1] ?? 0) + cost, (row[j] ?? 0) + cost));
  }
  return row;
}
