import { printable } from '../base/text.ts';
import { healthProblems, isHealthy } from '../telemetry/health.ts';
import type { TickReport } from '../telemetry/log.ts';

/** How a tick ended, and when on a clock that nobody sets, in milliseconds. */
export type LastTick = { readonly endedAtMs: number } & (
  | { readonly report: TickReport }
  | { readonly failure: string }
);

/**
 * The reasons why a watcher cannot see or deliver, one line each; none when it can.
 *
 * @param silentForMs since the last tick ended
 * @param longestMs a watcher without a tick for longer hangs
 */
export function unreadiness(
  last: LastTick | undefined,
  { silentForMs, longestMs }: { readonly silentForMs: number; readonly longestMs: number },
): readonly string[] {
  if (last === undefined) return ['no tick has ended yet'];
  const hangs =
    silentForMs > longestMs ? [`no tick has ended for ${Math.floor(silentForMs / 1000)} seconds`] : [];
  return [...hangs, ...illsOf(last)].map(printable);
}

function illsOf(last: LastTick): readonly string[] {
  if ('failure' in last) return [`the last tick failed: ${last.failure}`];
  const { report } = last;
  if (isHealthy(report)) return [];
  const unsaved = report.failedRecords > 0 ? [`records not read or saved: ${report.failedRecords}`] : [];
  return [...unsaved, ...healthProblems(report)];
}
