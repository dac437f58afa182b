const MINUTE_MS = 60_000;

/** The messages that one channel may still send in a minute, as counted by this process. */
export interface MinuteLimit {
  /** Messages left in the minute that ends now. */
  left(now: Date): number;
  /** Milliseconds until a message is left; 0 when one is left now. */
  waitMs(now: Date): number;
  /** Counts one message. */
  count(now: Date): void;
}

/**
 * The limit of a vendor that refuses more messages in a minute. A new process starts its count at 0, so each channel
 * type sets its limit below the vendor's.
 */
export function minuteLimit(most: number): MinuteLimit {
  // Mutant survives, `[]` → `["Stryker was here"]`: a text is no time of the last minute.
  let sentAt: readonly number[] = [];
  const recent = (now: Date) => {
    const age = (at: number) => now.getTime() - at;
    // A clock that was set back leaves times in the future. They count no longer than others.
    sentAt = sentAt.filter((at) => Math.abs(age(at)) < MINUTE_MS);
    return sentAt;
  };
  return {
    left: (now) => Math.max(0, most - recent(now).length),
    waitMs(now) {
      const times = recent(now);
      const [oldest = 0] = times;
      return times.length < most ? 0 : Math.max(0, oldest + MINUTE_MS - now.getTime());
    },
    count(now) {
      sentAt = [...recent(now), now.getTime()];
    },
  };
}
