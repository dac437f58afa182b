import { DcsError } from './error.ts';

/** One page of a list. */
export interface Page<T> {
  /** As the service counts: of all entries, or of the page. No document says which. */
  readonly count: number | undefined;
  readonly items: readonly T[];
}

/** No list is nearly as long; a service that always has one more page must end somewhere. */
const MOST_PAGES = 1000;

/**
 * Every entry of a list, page by page. A page may be shorter than what was asked for, and its count may be its own: a list
 * ends where the count says that there is more than one page, and all of that was read, or where a page is empty. Tasks that
 * come and go between two pages move others over the seam: what was given is not given again.
 *
 * @param read reads the page at an offset
 */
export async function* allOf<T>(
  read: (offset: number) => Promise<Page<T>>,
  offset: number,
): AsyncGenerator<T, void, void> {
  const given = new Set<string>();
  let next = offset;
  let countsAll = false;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { count, items } = pages === 0 ? await read(next) : await readFurther(read, next);
    const fresh = items.filter((item) => !given.has(keyOf(item)));
    for (const item of fresh) given.add(keyOf(item));
    yield* fresh;
    next += items.length;
    countsAll ||= count !== undefined && count > next;
    if (fresh.length === 0 || (countsAll && count !== undefined && next >= count)) return;
  }
}

/** No source says what is answered behind the last entry. */
async function readFurther<T>(read: (offset: number) => Promise<Page<T>>, offset: number): Promise<Page<T>> {
  try {
    return await read(offset);
  } catch (error) {
    if (error instanceof DcsError && error.reason === 'refused') return { count: undefined, items: [] };
    throw error;
  }
}

/** Lines of a log have no id. */
function keyOf(item: unknown): string {
  const hasId = typeof item === 'object' && item !== null && 'task_id' in item;
  return hasId ? String(item.task_id) : JSON.stringify(item);
}
