/** Order by UTF-16 code units, for `sort`: ISO times of one format sort as text, and no locale changes the result. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
