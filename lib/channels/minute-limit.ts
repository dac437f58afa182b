const MINUTE_MS = 60_000;

/** How many messages one channel may still send in a minute, as this process knows it. */
export interface MinuteLimit {
  /** Messages left in the minute that ends now. */
  left(now: Date): number;
  /** The time until one is left; 0 when one is. Milliseconds. */
  waitMs(now: Date): number;
  /** Counts one message. */
  count(now: Date): void;
}

/**
 * The limit of a vendor that takes so many messages a minute and then refuses more. A process that starts anew has
 * counted nothing: the limit of a channel type keeps room for that.
 */
export function minuteLimit(most: number): MinuteLimit {
  // Mutant survives, `[]` → `["Stryker was here"]`: a text is no time of the last minute.
  let sentAt: readonly number[] = [];
  const recent = (now: Date) => {
    const age = (at: number) => now.getTime() - at;
    // A clock that was set back makes times of the future: they count no longer than any other.
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
