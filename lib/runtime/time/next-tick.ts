/** Clocks and timers are not exact: so long after a lease has ended it is free for sure. Milliseconds. */
const AFTER_LEASE_MS = 250;

/**
 * How long to wait for the next tick. It comes sooner than planned where something is pending that another run has the lease
 * of: if that run was killed, nobody else goes on when its lease ends.
 *
 * @param plannedMs until the next tick is due
 * @param report of the last tick, if it came to an end
 * @param now milliseconds since the epoch
 * @returns milliseconds
 */
export function msUntilNextTick(
  plannedMs: number,
  report: { readonly leasedUntil?: string } | undefined,
  now: number,
): number {
  const { leasedUntil } = report ?? {};
  const freeInMs =
    leasedUntil === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, Date.parse(leasedUntil) - now) + AFTER_LEASE_MS;
  return Math.max(0, Math.min(plannedMs, freeInMs));
}
