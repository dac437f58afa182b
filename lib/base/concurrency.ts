/**
 * Runs `work` for every item, at most `limit` at the same time. Waits for all of them, also when some fail.
 *
 * @throws the first failure, after the last item is done
 */
export async function eachAtMost<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Pieces of one kind of work that are in flight at the same time. */
export const AT_ONCE = {
  /** Records that are read or written. */
  records: 16,
  /** Looks at tasks. The client paces the requests towards one endpoint. */
  looks: 32,
  /** Parameters that a configuration names: AWS throttles GetParameter at 40 per second by default. */
  references: 8,
} as const;

/** Runs pieces of work one after another; one that fails does not stop the next. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
