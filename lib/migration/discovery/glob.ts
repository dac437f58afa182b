/*
 * Patterns for names: `*` stands for any characters (or none), `?` for one, and everything else for itself. Both
 * questions take at most as many steps as the product of the two lengths, whatever the pattern: made into a regular
 * expression, a dozen stars can take for ever.
 */

/** Whether a whole text fits a pattern. */
export function fits(pattern: string, text: string): boolean {
  const [wanted, letters] = [[...pattern], [...text]];
  let [at, index] = [0, 0];
  /** The last star, and the end of the text that it matches. */
  let star: { readonly at: number; ends: number } | undefined;
  while (index < letters.length) {
    if (wanted[at] === '*') {
      star = { at, ends: index };
      at += 1;
    } else if (wanted[at] === '?' || wanted[at] === letters[index]) {
      at += 1;
      index += 1;
    } else if (star !== undefined) {
      star.ends += 1;
      at = star.at + 1;
      index = star.ends;
    } else return false;
  }
  return wanted.slice(at).every((letter) => letter === '*');
}

/**
 * Whether some text fits both patterns.
 *
 * @example
 * canBothFit('prod-*', '*-orders'); // true: prod-orders
 */
export function canBothFit(one: string, other: string): boolean {
  let row = nextRow([], undefined, other);
  for (const letter of one) row = nextRow(row, letter, other);
  return row.at(-1) ?? false;
}

/**
 * Whether some text fits both the beginning of one pattern that ends with `letter`, and each beginning of the other.
 *
 * @param above the same for the beginning that is shorter by `letter`
 */
function nextRow(above: readonly boolean[], letter: string | undefined, other: string): boolean[] {
  const row = [letter === undefined || (letter === '*' && above[0] === true)];
  for (const [j, its] of [...other].entries()) {
    // A star matches nothing, or the next letter of the other pattern.
    const isStar = letter === '*' || its === '*';
    const isAlike = letter === its || letter === '?' || its === '?';
    row.push(isStar ? above[j + 1] === true || row[j] === true : isAlike && above[j] === true);
  }
  return row;
}
