/**
 * Whether some text fits both patterns, in which `*` stands for any characters (or none), `?` for one, and everything
 * else for itself.
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
    // A star is empty, or swallows what the other pattern asks for.
    const isStar = letter === '*' || its === '*';
    const isAlike = letter === its || letter === '?' || its === '?';
    row.push(isStar ? above[j + 1] === true || row[j] === true : isAlike && above[j] === true);
  }
  return row;
}
