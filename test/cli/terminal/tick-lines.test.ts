import { describe, expect, it } from 'vitest';
import { eventfulTicks } from '../../../lib/cli/terminal/tick-lines.ts';
import type { LogEntry, TickReport } from '../../../lib/telemetry/log.ts';

const NOTHING: TickReport = {
  tasks: 1,
  looks: 1,
  changed: 0,
  events: 0,
  delivered: 0,
  pending: 0,
  pendingAgeMs: 0,
  dead: 0,
  failedLooks: 0,
  failedRecords: 0,
  brokenChannels: 0,
  blind: [],
  broken: [],
  silent: [],
  ms: 12,
};
const MINUTE = 60_000;

/** The entries that get through, each with the minute of its tick. */
function linesOf(ticks: readonly (Partial<TickReport> | 'notice')[]): readonly number[] {
  const lines: number[] = [];
  let minute = 0;
  const log = eventfulTicks(
    () => lines.push(minute),
    () => minute * MINUTE,
  );
  for (const tick of ticks) {
    const notice: LogEntry = { kind: 'notice', message: 'started' };
    log(tick === 'notice' ? notice : { kind: 'tick', ...NOTHING, ...tick });
    minute += 1;
  }
  return lines;
}

describe('ticks for people', () => {
  it('have a line when something happened, and one in an hour', () => {
    expect(linesOf(Array.from({ length: 200 }, () => ({})))).toEqual([0, 60, 120, 180]);
    expect(linesOf([{}, {}, { events: 1, delivered: 1 }, {}, { dead: 1 }, {}, { changed: 1 }])).toEqual([
      0, 2, 4, 6,
    ]);
  });

  it('have a line when a problem begins and when it ends, not while it lasts', () => {
    const broken = [{ channel: 'ops', since: '2026-01-05T00:00:00Z', nextTryAt: '', reason: 'HTTP 404' }];
    const blind = [
      { project: 'prod', since: '2026-01-05T00:00:00Z', reason: 'unreachable', isLasting: false },
    ] as const;
    const later = [{ channel: 'ops', since: '2026-01-05T00:00:00Z', nextTryAt: 'later', reason: 'HTTP 404' }];
    expect(
      linesOf([{}, { broken }, { broken: later }, {}, { blind }, { blind }, {}, { pending: 1 }]),
    ).toEqual([0, 1, 3, 4, 6, 7]);
  });

  it('have a line for a look that fails as before once an hour, and anew after one that worked', () => {
    const lines: string[] = [];
    let minute = 0;
    const log = eventfulTicks(
      (entry) => entry.kind === 'look_failed' && lines.push(`${minute} ${entry.project}`),
      () => minute * MINUTE,
    );
    for (; minute < 70; minute += 1) {
      const projects = [...(minute === 5 ? [] : ['a', 'a']), ...(minute === 3 ? ['b'] : [])];
      for (const project of projects)
        log({
          kind: 'look_failed',
          project,
          reason: 'not authorised',
          detail: 'HTTP 403',
          requestId: `${minute}`,
        });
      log({ kind: 'tick', ...NOTHING });
    }
    expect(lines).toEqual(['0 a', '3 b', '6 a', '66 a']);
  });

  it('take no other line away', () => {
    expect(linesOf([{}, 'notice', {}, 'notice'])).toEqual([0, 1, 3]);
  });
});
