/** Milliseconds after its end at which a lease is surely free, since clocks and timers are inexact. */
const AFTER_LEASE_MS = 250;

/**
 * The wait for the next tick. It is shorter than planned when deliveries wait for the lease of another run: if that run
 * was killed, no other tick delivers them when the lease ends.
 *
 * @param plannedMs milliseconds until the next tick is due
 * @param report the report of the last tick, if it ended
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
