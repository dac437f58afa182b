import type { Clock } from '../base/clock.ts';
import type { Skipped } from '../migration/model/observation.ts';
import type { Silence } from './silence.ts';

/** Whether a look may go out now. */
type Turn = 'go' | Skipped;

/** How a request ended; only `trusted` says that the key was accepted. */
export type Outcome = 'trusted' | 'unproven' | 'timed out';

/**
 * The way to one endpoint with one access key: its pace, its rests, and whether the key is known to be good. All
 * looks that share both go through one line.
 */
export interface Line {
  /**
   * Waits for a turn. Whoever gets `go` must call {@link Line.done}.
   *
   * @param latest no request may start after this ({@link Clock.elapsed}).
   */
  enter(latest: number): Promise<Turn>;
  /** The answer is there, or there is none. */
  done(outcome: Outcome): void;
  /** Nobody gets a turn before `until` ({@link Clock.elapsed}). Rests do not shorten each other. */
  rest(until: number): void;
}

/** After one that took its whole time, two at once show as soon as one whether anybody answers. Five refusals are permitted. */
const PROBES_AFTER_TIMEOUT = 2;

/**
 * Paces with a token bucket that holds one second's worth, so that a small tick is not slowed down at all. Until the
 * key is trusted only one request is on the way: of many at once with a wrong key, each would be a refusal, and more
 * than five lock the key (signing guide, `APIGW.0301`).
 *
 * @param requestsPerSecond on average; greater than 0.
 * @param silence of the endpoint
 */
export function createLine(clock: Clock, requestsPerSecond: number, silence: Silence): Line {
  const interval = 1000 / requestsPerSecond;
  const ahead = Math.max(0, 1000 - interval);
  let nextSlot = Number.NEGATIVE_INFINITY;
  let restUntil = Number.NEGATIVE_INFINITY;
  let trusted = false;
  /** Requests on the way while the key is not trusted, and how many more may join them. */
  let probes = 0;
  let places = 1;
  let ended = Promise.withResolvers<void>();

  function obstacle(start: number, latest: number): Skipped | undefined {
    if (clock.elapsed() < restUntil) return { kind: 'skipped', why: 'resting' };
    const failure = silence.current();
    if (failure !== undefined) return { kind: 'skipped', why: 'the endpoint does not answer', failure };
    return start > latest ? { kind: 'skipped', why: 'out of time' } : undefined;
  }

  /** The bucket as a timetable: slots are `interval` apart, and those of one second may be taken ahead. */
  async function takeSlot(latest: number): Promise<Turn> {
    const now = clock.elapsed();
    const start = Math.max(now, nextSlot - ahead);
    const before = obstacle(start, latest);
    if (before !== undefined) return before;
    nextSlot = Math.max(now, nextSlot) + interval;
    if (start === now) return 'go';
    await clock.sleep(start - now);
    return obstacle(clock.elapsed(), latest) ?? 'go';
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
      // What both of two say together is waited for.
      if (probes === 1) places = outcome === 'timed out' ? PROBES_AFTER_TIMEOUT : 1;
      leave();
    },
    rest(until) {
      restUntil = Math.max(restUntil, until);
    },
  };
}
