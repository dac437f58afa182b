import { describe, expect, it } from 'vitest';
import { forgotten } from '../../../lib/migration/rules/forgotten.ts';
import { begun, contextOf, known, type RuleLook } from './support.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** The hours at which somebody is reminded, and the sentences, of looks an hour apart. */
function told(look: Omit<RuleLook, 'at'>, hours: number) {
  let update = begun(look.phase);
  return Array.from({ length: hours }, (_, hour) => hour).flatMap((hour): [number, string][] => {
    const before = update.events.length;
    update = forgotten(update, contextOf({ ...look, at: hour * HOUR }));
    return update.events.slice(before).map(({ data }) => [hour, data.summary.replace(/^\w+: /, '')]);
  });
}

describe('a forgotten task', () => {
  it('waits for a day to be configured, and somebody is reminded each day', () => {
    expect(told({ phase: 'configuring' }, 73)).toEqual([
      [24, 'has waited for 24 h to be configured: configure or delete it'],
      [48, 'has waited for 2 d to be configured: configure or delete it'],
      [72, 'has waited for 3 d to be configured: configure or delete it'],
    ]);
  });

  it('replicates for a week', () => {
    const stats = known({ offset: 5_000_000, sourceKeys: 1000, targetKeys: 1000 });
    const [first, second] = told({ phase: 'incremental', stats }, 8 * 24 + 1);
    expect(first).toEqual([
      168,
      'has replicated for 7 d and is not ready: still 5 MB behind; it runs (and costs) until stopped',
    ]);
    expect(second?.[0]).toBe(192);
  });

  it('is to be stopped after the IP addresses were switched', () => {
    const look = { phase: 'incremental', taskStatus: 'EXCHANGE_SUCCESS' } as const;
    expect(told(look, 7 * 24 + 1).map(([, words]) => words)).toEqual([
      'has replicated for 7 d: the IP addresses are switched, and nobody knows how far the target was: see what is missing in the target before you stop it',
    ]);
  });

  it('is none when a clock that was wrong says that it has waited for years', () => {
    const update = begun('configuring');
    expect(forgotten(update, contextOf({ phase: 'configuring', at: 800 * DAY }))).toBe(update);
  });
});
