import { isDeepStrictEqual } from 'node:util';
import type { Log, TickReport } from '../../telemetry/log.ts';

/** A sign of life where nothing happens. */
const SIGN_OF_LIFE_EVERY_MS = 3_600_000;

/**
 * A log for people: of ticks it has those in which something happened or changed, and one in an hour besides. Other
 * entries stay.
 *
 * @param elapsed milliseconds on a clock that nobody sets
 */
export function eventfulTicks(log: Log, elapsed: () => number): Log {
  let before: object | undefined;
  let lastLineAt = Number.NEGATIVE_INFINITY;
  return (entry) => {
    if (entry.kind !== 'tick') return log(entry);
    const standing = standingAfter(entry);
    const isSame = !hasHappened(entry) && isDeepStrictEqual(standing, before);
    before = standing;
    if (isSame && elapsed() - lastLineAt < SIGN_OF_LIFE_EVERY_MS) return;
    lastLineAt = elapsed();
    log(entry);
  };
}

function hasHappened({ changed, events, delivered, dead }: TickReport): boolean {
  return changed + events + delivered + dead > 0;
}

/** How things stand after a tick, without times and counts that move with every tick. */
function standingAfter({ tasks, pending, failedLooks, failedRecords, ...reach }: TickReport): object {
  const { blind, broken, silent } = reach;
  return {
    tasks,
    pending,
    failedLooks,
    failedRecords,
    blind: blind.map(({ project, reason }) => [project, reason]),
    broken: broken.map(({ channel }) => channel),
    silent: silent.map(({ channel }) => channel),
  };
}
