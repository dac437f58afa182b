/**
 * Searches a text only once in which a search finds nothing to cut: a description seldom changes between two looks, and its
 * search costs more than all else that is done with an answer. A text of which anything was cut is not kept, so nothing
 * secret outlives its answer here.
 *
 * @param mostCharacters of all texts that are kept
 */
export function searchedOnce(
  redacted: (text: string) => string,
  mostCharacters: number,
): (text: string) => string {
  const clean = new Set<string>();
  let characters = 0;

  function keep(text: string): void {
    if (characters + text.length > mostCharacters) {
      clean.clear();
      characters = 0;
    }
    clean.add(text);
    characters += text.length;
  }

  return (text) => {
    if (clean.has(text)) return text;
    const result = redacted(text);
    if (result === text && text.length <= mostCharacters) keep(text);
    return result;
  };
}
