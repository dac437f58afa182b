import type { Clock } from '../base/time/clock.ts';
import type { Skipped } from '../migration/model/observation.ts';
import type { EndpointBreaker } from './endpoint-breaker.ts';

/** The permission of a call to start now. */
type Turn = 'go' | Skipped;

/** The outcome of a request. Only `trusted` proves that the key was accepted. */
export type Outcome = 'trusted' | 'unproven' | 'timed out';

/**
 * The gate to one endpoint with one access key, which all their calls pass. It keeps the rate, the cooldown, and the
 * trust in the key.
 */
export interface Gate {
  /**
   * Waits for a turn. A caller that gets `go` must call {@link Gate.done}.
   *
   * @param latest no request may start after this ({@link Clock.elapsed}).
   */
  enter(latest: number): Promise<Turn>;
  /** Notes the end of a request. */
  done(outcome: Outcome): void;
  /** Stops all turns before `until` ({@link Clock.elapsed}). A shorter cooldown never ends a longer one. */
  coolDown(until: number): void;
}

/** Parallel requests after a time-out. Two test the endpoint as fast as one, and five refusals are permitted. */
const PROBES_AFTER_TIMEOUT = 2;

/**
 * Limits the rate with a token bucket of one second, which never slows a small tick down. Until the key is trusted,
 * requests go one by one, because more than five refused signatures lock the key (signing guide, `APIGW.0301`).
 *
 * @param requestsPerSecond on average; greater than 0.
 * @param breaker the breaker of the endpoint
 */
export function createGate(clock: Clock, requestsPerSecond: number, breaker: EndpointBreaker): Gate {
  const interval = 1000 / requestsPerSecond;
  const ahead = Math.max(0, 1000 - interval);
  let nextSlot = Number.NEGATIVE_INFINITY;
  let coolingDownUntil = Number.NEGATIVE_INFINITY;
  let trusted = false;
  /** Running requests while the key is not trusted. */
  let probes = 0;
  let places = 1;
  let ended = Promise.withResolvers<void>();

  function skipReason(start: number, latest: number): Skipped | undefined {
    if (clock.elapsed() < coolingDownUntil) return { kind: 'skipped', why: 'resting' };
    const failure = breaker.current();
    if (failure !== undefined) return { kind: 'skipped', why: 'the endpoint does not answer', failure };
    return start > latest ? { kind: 'skipped', why: 'out of time' } : undefined;
  }

  /** Takes a slot of the token bucket: slots are `interval` ms apart, and those of one second may be taken ahead. */
  async function takeSlot(latest: number): Promise<Turn> {
    const now = clock.elapsed();
    const start = Math.max(now, nextSlot - ahead);
    const skipped = skipReason(start, latest);
    if (skipped !== undefined) return skipped;
    nextSlot = Math.max(now, nextSlot) + interval;
    if (start === now) return 'go';
    await clock.sleep(start - now);
    return skipReason(clock.elapsed(), latest) ?? 'go';
  }

  function leave(): void {
    probes -= 1;
    ended.resolve();
    ended = Promise.withResolvers();
  }

  return {
    async enter(latest) {
      while (!trusted && places === 0) await ended.promise;
      if (trusted) return takeSlot(latest);
      places -= 1;
      probes += 1;
      const turn = await takeSlot(latest);
      if (turn === 'go') return turn;
      places += 1;
      leave();
      return turn;
    },
    done(outcome) {
      if (trusted) return;
      if (outcome === 'trusted') trusted = true;
      // Both probes after a time-out are awaited.
      if (probes === 1) places = outcome === 'timed out' ? PROBES_AFTER_TIMEOUT : 1;
      leave();
    },
    coolDown(until) {
      coolingDownUntil = Math.max(coolingDownUntil, until);
    },
  };
}
