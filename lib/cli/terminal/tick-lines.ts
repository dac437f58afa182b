import { isDeepStrictEqual } from 'node:util';
import type { Log, LogEntry, TickReport } from '../../telemetry/log.ts';

/** A sign of life where nothing happens. */
const SIGN_OF_LIFE_EVERY_MS = 3_600_000;

/**
 * A log for people: of ticks it has those in which something happened or changed, and one in an hour besides. A look that
 * fails as it did in the tick before is said again with that one. Other entries stay.
 *
 * @param elapsed milliseconds on a clock that nobody sets
 */
export function eventfulTicks(log: Log, elapsed: () => number): Log {
  let before: object | undefined;
  let lastLineAt = Number.NEGATIVE_INFINITY;
  let said = new Map<string, number>();
  let failing = new Map<string, number>();
  return (entry) => {
    if (entry.kind === 'look_failed') {
      const key = keyOf(entry);
      const saidAt = failing.get(key) ?? said.get(key) ?? Number.NEGATIVE_INFINITY;
      const isDue = elapsed() - saidAt >= SIGN_OF_LIFE_EVERY_MS;
      failing.set(key, isDue ? elapsed() : saidAt);
      if (isDue) log(entry);
      return;
    }
    if (entry.kind !== 'tick') return log(entry);
    [said, failing] = [failing, new Map()];
    const standing = standingAfter(entry);
    const isSame = !hasHappened(entry) && isDeepStrictEqual(standing, before);
    before = standing;
    if (isSame && elapsed() - lastLineAt < SIGN_OF_LIFE_EVERY_MS) return;
    lastLineAt = elapsed();
    log(entry);
  };
}

/** The words of a failed look, without the id of its request. */
function keyOf({
  project,
  taskId,
  count,
  reason,
  detail,
}: Extract<LogEntry, { kind: 'look_failed' }>): string {
  return JSON.stringify([project, taskId, count, reason, detail]);
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
