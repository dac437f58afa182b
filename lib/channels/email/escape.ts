const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Words that mail clients turn into links by themselves. */
const LINKING = /:\/\/|\bwww\.|\bmailto:|@/gi;

/** A zero-width space after the first character of such a word breaks it and shows nothing. */
export function breakLinks(text: string): string {
  return text.replace(LINKING, (word) => `${word.slice(0, 1)}\u200b${word.slice(1)}`);
}

export function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
