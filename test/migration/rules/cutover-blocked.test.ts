import { describe, expect, it } from 'vitest';
import type { CallResult, Stats } from '../../../lib/migration/model/enrichment.ts';
import { cutoverBlocked } from '../../../lib/migration/rules/cutover-blocked.ts';
import { begun, contextOf, known, type RuleLook } from './support.ts';

const BEHIND = known({ offset: 5_000_000, sourceKeys: 1000, targetKeys: 1000 });
const LACKS_KEYS = known({ offset: 0, sourceKeys: 1000, targetKeys: 500 });
const DENIED: CallResult<Stats> = { kind: 'denied', detail: 'HTTP 403.' };

/** The summaries of the events, by the number of the look, from 1. */
function summaries(looks: readonly (CallResult<Stats> | undefined)[], more: Partial<RuleLook> = {}) {
  let update = begun('incremental');
  return looks.flatMap((stats, index): [number, string][] => {
    const look = {
      phase: 'incremental',
      at: index,
      ...(stats === undefined ? {} : { stats }),
      ...more,
    } as const;
    const before = update.events.length;
    update = cutoverBlocked(update, contextOf(look));
    return update.events.slice(before).map(({ data }) => [index + 1, data.summary.replace(/^\w+: /, '')]);
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('a cut-over that is blocked', () => {
  it('is reported once, at the tenth look, with what keeps the task from being ready', () => {
    expect(summaries(times(40, BEHIND))).toEqual([
      [
        10,
        'not ready for the cut-over: the lag (offset) is 5 MB (limit 1 kB); usually the source is written to faster than the target can follow, or the limit (settings.cutover.maxOffset) is too low',
      ],
    ]);
  });

  it('is not reported while the target catches up', () => {
    const looks = Array.from({ length: 40 }, (_, n) =>
      known({ offset: 5_000_000 * 0.9 ** n + 5000, sourceKeys: 1000, targetKeys: 1000 }),
    );
    expect(summaries(looks)).toEqual([]);
  });

  it('is reported again when another cause has blocked it for twice as many looks', () => {
    expect(summaries([...times(10, LACKS_KEYS), ...times(40, DENIED)]).map(([look]) => look)).toEqual([
      10, 30,
    ]);
  });

  it('is not reported where the project has announced that no statistics can be read', () => {
    expect(summaries(times(20, DENIED), { isStatsFailureAnnounced: true })).toEqual([]);
    expect(summaries(times(20, DENIED))).toHaveLength(1);
  });

  it('is not reported by looks without statistics', () => {
    expect(summaries(times(20, undefined))).toEqual([]);
  });

  it('is not reported after the IP addresses were switched', () => {
    expect(summaries(times(20, BEHIND), { taskStatus: 'EXCHANGE_SUCCESS' })).toEqual([]);
  });
});
