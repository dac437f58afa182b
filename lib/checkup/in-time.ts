/**
 * The result of work, or what stands for it when it takes longer. The work goes on, and whatever becomes of it is ignored.
 *
 * @param late stands for the result
 */
export async function inTime<T>(work: Promise<T>, ms: number, late: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
