import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';
import { WATCHER_KEY } from '../../lib/records/keys.ts';
import {
  isSameTarget,
  LONGEST_WHY,
  MOST_MUTES,
  mutesIn,
  timedMutes,
  withMute,
  withoutMutes,
  withoutOldMutes,
} from '../../lib/records/mutes.ts';
import { type Mute, newRecord, type StoredRecord } from '../../lib/records/record.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const EMPTY = newRecord(new Date(START));

const at = (ms: number) => new Date(START + ms);

function muteOf(target: string, fromMs = 0, forMs = 60 * MINUTE): Mute {
  const [from, until] = [at(fromMs).toISOString(), at(fromMs + forMs).toISOString()];
  return { id: `${target} ${fromMs}`, scope: 'task', target, name: target, from, until, why: 'known' };
}

function muted(record: StoredRecord, mute: Mute): StoredRecord {
  const after = withMute(record, mute, new Date(mute.from));
  if (after === undefined) throw new TypeError('too many');
  return after;
}

const targets = (mutes: readonly Mute[]) => mutes.map(({ target }) => target);

describe('mutes of a record', () => {
  it('hold until they end, the one that ends first before the others', () => {
    const record = muted(muted(EMPTY, muteOf('late', 0, 90 * MINUTE)), muteOf('early'));
    expect(targets(mutesIn(record, at(59 * MINUTE)))).toEqual(['early', 'late']);
    expect(targets(mutesIn(record, at(60 * MINUTE)))).toEqual(['late']);
    expect(mutesIn(record, at(90 * MINUTE))).toEqual([]);
  });

  it('are written and read with the record', () => {
    const record = muted(EMPTY, muteOf('one'));
    expect(decodeRecord(WATCHER_KEY, encodeRecord(record))).toEqual({ kind: 'record', record });
  });

  it('make a record unreadable when they are damaged, and not when a newer build knows more', () => {
    const stored = (mute: object) => encodeRecord(record(mute));
    const record = (mute: object) => ({ ...EMPTY, state: { ...EMPTY.state, mutes: [mute] } }) as StoredRecord;
    expect(decodeRecord(WATCHER_KEY, stored({ ...muteOf('one'), until: 'soon' })).kind).toBe('unreadable');
    const newer = { ...muteOf('one'), scope: 'label', more: 1 };
    expect(decodeRecord(WATCHER_KEY, stored(newer))).toEqual({ kind: 'record', record: record(newer) });
  });

  it('are remembered for two weeks after their end, then forgotten', () => {
    const record = muted(EMPTY, muteOf('one'));
    expect(timedMutes(record, at(14 * DAY))).toHaveLength(1);
    expect(timedMutes(record, at(14 * DAY + 60 * MINUTE - 1))).toHaveLength(1);
    expect(timedMutes(record, at(14 * DAY + 60 * MINUTE))).toEqual([]);
    expect(withoutOldMutes(record, at(14 * DAY))).toBe(record);
    const later = withoutOldMutes(record, at(15 * DAY));
    expect(later.state).not.toHaveProperty('mutes');
    expect(withoutOldMutes(EMPTY, at(15 * DAY))).toBe(EMPTY);
  });

  it('are remembered, where there are too many, by when they ended, not by when they were made', () => {
    const mutes = Array.from({ length: 32 }, (_, n) => muteOf(`${n}`, 0, (n === 9 ? 5 : 99 - n) * MINUTE));
    const record = { ...EMPTY, state: { ...EMPTY.state, mutes } };
    const after = withMute(record, muteOf('one more', DAY), at(DAY));
    expect(targets(after?.state.mutes ?? [])).toEqual([
      ...targets(mutes).filter((target) => target !== '9'),
      'one more',
    ]);
  });

  it('are bounded in number and length, and the record stays small', () => {
    let record = EMPTY;
    for (let round = 0; round < 5; round += 1) {
      for (let one = 0; one < MOST_MUTES; one += 1) {
        const mute = muteOf(`task-${one}`, round * 10 * MINUTE);
        record = muted(record, { ...mute, name: 'n'.repeat(500), why: `\n${'y'.repeat(500)}` });
      }
    }
    const now = at(41 * MINUTE);
    expect(mutesIn(record, now)).toHaveLength(MOST_MUTES);
    expect(withMute(record, muteOf('one more', 41 * MINUTE), now)).toBeUndefined();
    expect(record.state.mutes?.length).toBe(32);
    expect(record.state.mutes?.every(({ why }) => why.length === LONGEST_WHY)).toBe(true);
    expect(encodeRecord(record).length).toBeLessThan(20_000);
  });

  it('of one subject are one, in whichever spelling', () => {
    const record = muted(muted(EMPTY, muteOf('a-b-c', 0, DAY)), muteOf('ABC', 5 * MINUTE));
    expect(targets(mutesIn(record, at(5 * MINUTE)))).toEqual(['ABC']);
    expect(mutesIn(record, at(2 * 60 * MINUTE))).toEqual([]);
  });

  it('of two subjects are two: only of tasks the hyphens do not count', () => {
    const subject = { scope: 'channel', target: 'day-ops' };
    expect(isSameTarget(subject, { ...subject })).toBe(true);
    expect(isSameTarget(subject, { ...subject, target: 'dayops' })).toBe(false);
    expect(isSameTarget(subject, { ...subject, scope: 'group' })).toBe(false);
  });

  it('end at once when they are meant, and the others go on', () => {
    const record = muted(muted(EMPTY, muteOf('one')), muteOf('two'));
    const { record: after, ended } = withoutMutes(record, ({ target }) => target === 'one', at(10 * MINUTE));
    expect(targets(ended)).toEqual(['one']);
    expect(targets(mutesIn(after, at(10 * MINUTE)))).toEqual(['two']);
    expect(withoutMutes(after, ({ target }) => target === 'one', at(11 * MINUTE)).record).toBe(after);
  });

  it('hold no more once they were ended, also for a clock that is behind', () => {
    const { record } = withoutMutes(muted(EMPTY, muteOf('one')), () => true, at(10 * MINUTE));
    expect(mutesIn(record, at(9 * MINUTE))).toEqual([]);
    expect(timedMutes(record, at(9 * MINUTE))).toMatchObject([{ until: START + 9 * MINUTE }]);
    expect(decodeRecord(WATCHER_KEY, encodeRecord(record))).toEqual({ kind: 'record', record });
  });

  it('hold no longer than any can, whatever a record says, and not before their time', () => {
    const record = muted(EMPTY, muteOf('one', 0, 4000 * DAY));
    expect(mutesIn(record, at(29 * DAY))).toHaveLength(1);
    expect(mutesIn(record, at(30 * DAY))).toEqual([]);
    const ahead = muted(EMPTY, muteOf('one', 4000 * DAY));
    expect(mutesIn(ahead, at(0))).toEqual([]);
  });

  it('hold from a minute before their time on, because clocks differ', () => {
    const ahead = muted(EMPTY, muteOf('one', DAY));
    expect(mutesIn(ahead, at(DAY - MINUTE))).toHaveLength(1);
    expect(mutesIn(ahead, at(DAY - MINUTE - 1))).toEqual([]);
  });
});
