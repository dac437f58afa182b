import { describe, expect, it } from 'vitest';
import { forgotten } from '../../../lib/migration/rules/forgotten.ts';
import { begun, contextOf, known, type RuleLook } from './support.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** The hours at which somebody is reminded, and the sentences, of looks an hour apart. */
function reminders(look: Omit<RuleLook, 'at'>, hours: number) {
  let update = begun(look.phase);
  return Array.from({ length: hours }, (_, hour) => hour).flatMap((hour): [number, string][] => {
    const before = update.events.length;
    update = forgotten(update, contextOf({ ...look, at: hour * HOUR }));
    return update.events.slice(before).map(({ data }) => [hour, data.summary.replace(/^\w+: /, '')]);
  });
}

describe('a forgotten task', () => {
  it('is reported after a day without being configured, and each day again', () => {
    expect(reminders({ phase: 'configuring' }, 73)).toEqual([
      [24, 'has been waiting to be configured for 24 h: configure or delete it'],
      [48, 'has been waiting to be configured for 2 d: configure or delete it'],
      [72, 'has been waiting to be configured for 3 d: configure or delete it'],
    ]);
  });

  it('is reported after a week of replication, and each day again', () => {
    const stats = known({ offset: 5_000_000, sourceKeys: 1000, targetKeys: 1000 });
    const [first, second] = reminders({ phase: 'incremental', stats }, 8 * 24 + 1);
    expect(first).toEqual([
      168,
      'has been replicating for 7 d and is not ready: still 5 MB behind; it costs money until stopped',
    ]);
    expect(second?.[0]).toBe(192);
  });

  it('is reported after the IP addresses were switched, too', () => {
    const look = { phase: 'incremental', taskStatus: 'EXCHANGE_SUCCESS' } as const;
    expect(reminders(look, 7 * 24 + 1).map(([, words]) => words)).toEqual([
      'has been replicating for 7 d, IP addresses switched with the target state unknown: find out what the target lacks before you stop it',
    ]);
  });

  it('is not one that has waited for years by a wrong clock', () => {
    const update = begun('configuring');
    expect(forgotten(update, contextOf({ phase: 'configuring', at: 800 * DAY }))).toBe(update);
  });
});
