import type { Clock } from '../clock.ts';

/** Whether a look may go out now. */
type Turn = 'go' | 'resting' | 'out of time';

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
  /** The answer is there, or there is none. Only `trusted` says that the key was accepted. */
  done(outcome: 'trusted' | 'unproven'): void;
  /** Nobody gets a turn before `until` ({@link Clock.elapsed}). Rests do not shorten each other. */
  rest(until: number): void;
}

/**
 * Paces with a token bucket that holds one second's worth, so that a small tick is not slowed down at all. Until the
 * key is trusted only one request is on the way: of many at once with a wrong key, each would be a refusal, and more
 * than five lock the key (signing guide, `APIGW.0301`).
 *
 * @param requestsPerSecond on average; greater than 0.
 */
export function createLine(clock: Clock, requestsPerSecond: number): Line {
  const interval = 1000 / requestsPerSecond;
  const ahead = Math.max(0, 1000 - interval);
  let nextSlot = Number.NEGATIVE_INFINITY;
  let restUntil = Number.NEGATIVE_INFINITY;
  let trusted = false;
  let probe: PromiseWithResolvers<void> | undefined;

  function obstacle(start: number, latest: number): Exclude<Turn, 'go'> | undefined {
    if (clock.elapsed() < restUntil) return 'resting';
    return start > latest ? 'out of time' : undefined;
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

  function release(): void {
    const ended = probe;
    probe = undefined;
    ended?.resolve();
  }

  return {
    async enter(latest) {
      while (!trusted && probe !== undefined) await probe.promise;
      if (trusted) return takeSlot(latest);
      probe = Promise.withResolvers();
      const turn = await takeSlot(latest);
      if (turn !== 'go') release();
      return turn;
    },
    done(outcome) {
      if (outcome === 'trusted') trusted = true;
      release();
    },
    rest(until) {
      restUntil = Math.max(restUntil, until);
    },
  };
}
