const MINUTE_MS = 60_000;

/** The days of a week in the order of `Date.getUTCDay`. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The date and the time of day on a wall clock. */
export interface Reading {
  readonly weekday: Weekday;
  /** Minutes since midnight, by the hands of the clock. */
  readonly minute: number;
}

/** Clocks on the wall of one time zone. All moments are milliseconds since the epoch. */
export interface WallClock {
  read(at: number): Reading;
  /** The distance of the zone from UTC. Milliseconds. */
  offsetAt(at: number): number;
}

/** @param timeZone its IANA name, or an offset: whatever Intl takes */
export function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  /** The hands and the calendar, as a moment of UTC. */
  const shown = (at: number): number => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  };
  return {
    read(at) {
      const date = new Date(shown(at));
      const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
      return { weekday: WEEKDAYS[date.getUTCDay()] ?? 'sun', minute };
    },
    offsetAt: (at) => shown(at) - startOfMinute(at),
  };
}

/** Today every zone is whole minutes away from UTC: all clocks turn a minute together. */
export function startOfMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
