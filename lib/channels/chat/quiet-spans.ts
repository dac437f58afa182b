import { type Reading, startOfMinute, type WallClock } from '../../base/time/wall-clock.ts';
import type { QuietSpans } from '../quiet-hours.ts';

const MINUTE_MS = 60_000;
export const DAY_MINUTES = 1440;

/** A rule by the local time of a time zone. */
export interface WallRule {
  readonly clock: WallClock;
  /** The minutes of a day at which the rule may start or end. The last one is the end of the day. */
  readonly turns: readonly number[];
  isQuiet(reading: Reading): boolean;
}

/** A stretch of time that is either all quiet or not quiet at all. Milliseconds since the epoch. */
interface Span {
  readonly from: number;
  /** The first moment after it. */
  readonly until: number;
  readonly isQuiet: boolean;
}

/**
 * More turns than two weeks can have. A weekly rule changes after two weeks at the latest, where a zone skips the hour
 * of its change.
 */
const MOST_TURNS = 100;
/** Spans in the cache. The questions of one tick concern few of them. */
const REMEMBERED = 16;
/** The most by which quiet time can extend a deadline, however rare other time is. */
const LONGEST_STRETCH_MS = 14 * DAY_MINUTES * MINUTE_MS;

export function quietSpans(rule: WallRule): QuietSpans {
  // Mutant survives, `[]` → `["Stryker was here"]`: a text has no moment in it.
  const known: Span[] = [];
  const spanAt = (at: number): Span => {
    const remembered = known.find(({ from, until }) => from <= at && at < until);
    if (remembered !== undefined) return remembered;
    const span = spanFrom(startOfMinute(at), rule);
    known.unshift(span);
    known.length = Math.min(known.length, REMEMBERED);
    return span;
  };
  return {
    until(now) {
      const { isQuiet, until } = spanAt(now);
      return isQuiet ? until : undefined;
    },
    coversSome(since, now) {
      // Mutant survives, `since > now` → `since >= now`: of one moment both say whether it is quiet.
      if (since > now) return spanAt(now).isQuiet;
      const { isQuiet, until } = spanAt(since);
      return isQuiet || until <= now;
    },
    after: (since, awakeMs) => afterAwake({ since, awakeMs, spanAt }),
  };
}

interface Awake {
  readonly since: number;
  readonly awakeMs: number;
  spanAt(at: number): Span;
}

function afterAwake({ since, awakeMs, spanAt }: Awake): number {
  const longest = since + awakeMs + LONGEST_STRETCH_MS;
  let leftMs = awakeMs;
  let at = since;
  while (at < longest) {
    const { isQuiet, until } = spanAt(at);
    if (!isQuiet && at + leftMs < until) return at + leftMs;
    if (!isQuiet) leftMs -= until - at;
    at = until;
  }
  const { isQuiet, until } = spanAt(at);
  return isQuiet ? until : at;
}

/** The rest of a span from one of its moments on. */
function spanFrom(from: number, rule: WallRule): Span {
  const isQuiet = rule.isQuiet(rule.clock.read(from));
  let until = from;
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    until = nextTurn(until, rule);
    if (rule.isQuiet(rule.clock.read(until)) !== isQuiet) break;
  }
  return { from, until, isQuiet };
}

/** The next moment at which a rule may change: at a turn, or when the clock is put forward or back. */
function nextTurn(at: number, { clock, turns }: WallRule): number {
  const { minute } = clock.read(at);
  const turn = Math.min(...turns.filter((one) => one > minute));
  const there = at + (turn - minute) * MINUTE_MS;
  const offset = clock.offsetAt(at);
  // Mutant survives, `clock.offsetAt(there) === offset` → `false`: the search ends at the same moment, only later.
  return clock.offsetAt(there) === offset ? there : changeOfOffset(at, there, clock);
}

/** The first minute after a change of the zone's offset. */
function changeOfOffset(before: number, after: number, clock: WallClock): number {
  const offset = clock.offsetAt(before);
  let [same, other] = [before, after];
  while (other - same > MINUTE_MS) {
    const middle = startOfMinute((same + other) / 2);
    if (clock.offsetAt(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}
