/**
 * Remembers texts in which the search found nothing to cut. A description seldom changes between two looks, and its
 * search costs more than the rest of reading an answer. A text with a cut is not kept, so that no secret outlives its
 * answer here.
 *
 * @param mostCharacters limit of all kept texts together
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
