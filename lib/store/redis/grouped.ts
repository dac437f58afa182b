/** An item that waits for its group, with the promise of its result. */
interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (error: unknown) => void;
}

/** The largest group that is sent at once. */
export interface GroupSize<T> {
  readonly count: number;
  readonly weight: number;
  weigh(item: T): number;
}

/**
 * Works on items in groups: all items that arrive during one group form the next.
 *
 * @param work gives a result for each item, in order
 */
export function grouped<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
  size: GroupSize<T>,
): (item: T) => Promise<R> {
  const queue: Waiting<T, R>[] = [];
  let isBusy = false;

  async function workOff(): Promise<void> {
    isBusy = true;
    // Requests of the same turn belong together.
    await Promise.resolve();
    while (queue.length > 0) await workOn(queue.splice(0, countOf(queue, size)));
    isBusy = false;
  }

  async function workOn(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await work(group.map(({ item }) => item));
      // Mutant survives, `group[index]?.done` → `group[index].done`: there is a result for each item, and no other.
      for (const [index, result] of results.entries()) group[index]?.done(result);
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }

  return (item) =>
    new Promise((done, failed) => {
      queue.push({ item, done, failed });
      if (!isBusy) void workOff();
    });
}

/** The number of items in the next group: at least one, even if it is too heavy. */
function countOf<T>(queue: readonly { readonly item: T }[], { count, weight, weigh }: GroupSize<T>): number {
  let total = 0;
  const tooMuch = queue.findIndex(({ item }, index) => {
    total += weigh(item);
    return index > 0 && (index >= count || total > weight);
  });
  return tooMuch === -1 ? queue.length : tooMuch;
}
