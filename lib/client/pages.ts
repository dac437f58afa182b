/** One page of a list. */
export interface Page<T> {
  /** As the service counts: of all entries, or of the page. No document says which. */
  readonly count: number | undefined;
  readonly items: readonly T[];
}

/** No list is nearly as long; a service that always has one more page must end somewhere. */
const MOST_PAGES = 1000;

/**
 * Every entry of a list, page by page. A list ends with an empty page, and where a page is shorter than it may be and the
 * service counts no more. Tasks that come and go between two pages move others over the seam: what was given is not given
 * again.
 *
 * @param read reads the page at an offset
 */
export async function* allOf<T>(
  read: (offset: number) => Promise<Page<T>>,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): AsyncGenerator<T, void, void> {
  const given = new Set<string>();
  let next = offset;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { count, items } = await read(next);
    const fresh = items.filter((item) => !given.has(keyOf(item)));
    for (const item of fresh) given.add(keyOf(item));
    yield* fresh;
    next += items.length;
    const isCounted = count !== undefined && count <= next;
    if (fresh.length === 0 || (items.length < limit && isCounted)) return;
  }
}

/** Lines of a log have no id. */
function keyOf(item: unknown): string {
  const hasId = typeof item === 'object' && item !== null && 'task_id' in item;
  return hasId ? String(item.task_id) : JSON.stringify(item);
}
