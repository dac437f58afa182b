import { describe, expect, it } from 'vitest';
import { unreadiness } from '../../lib/server/last-tick.ts';
import { reportOf } from './support.ts';

const NOW = { silentForMs: 0, longestMs: 100_000 };
const SINCE = '2026-01-05T02:12:00.000Z';

describe('the readiness of a watcher', () => {
  it('begins with the end of its first tick', () => {
    expect(unreadiness(undefined, NOW)).toEqual(['no tick has ended yet']);
    expect(unreadiness({ endedAtMs: 0, report: reportOf() }, NOW)).toEqual([]);
  });

  it('is over when a tick fails', () => {
    const last = { endedAtMs: 0, failure: 'the state is locked' };
    expect(unreadiness(last, NOW)).toEqual(['the last tick failed: the state is locked']);
  });

  it('is over when no tick ends any more', () => {
    const last = { endedAtMs: 0, report: reportOf() };
    expect(unreadiness(last, { silentForMs: 100_000, longestMs: 100_000 })).toEqual([]);
    expect(unreadiness(last, { silentForMs: 100_001, longestMs: 100_000 })).toEqual([
      'no tick has ended for 100 seconds',
    ]);
  });

  it('has one line for each thing that it cannot see or deliver', () => {
    const channel = { channel: 'ops\n', since: SINCE, nextTryAt: SINCE, reason: 'HTTP 404' };
    const report = reportOf({
      failedRecords: 2,
      blind: [{ project: 'prod', since: SINCE, reason: 'unreachable', isLasting: false }],
      broken: [channel],
      silent: [{ ...channel, channel: 'audit' }],
    });
    expect(unreadiness({ endedAtMs: 0, report }, NOW)).toEqual([
      'records not read or saved: 2',
      'nothing seen of prod since 2026-01-05T02:12:00Z (unreachable)',
      'ops  broken since 2026-01-05T02:12:00Z, next try 2026-01-05T02:12:00Z',
      'audit has accepted nothing since 2026-01-05T02:12:00Z, next try 2026-01-05T02:12:00Z',
    ]);
  });
});
