import { describe, expect, it } from 'vitest';
import {
  detect,
  detectNoLook,
  isReadySince,
  reissueReadiness,
} from '../../../lib/migration/detect/detect.ts';
import { NEW_TASK } from '../../../lib/migration/model/state.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { withFields } from '../../support/records.ts';
import {
  detectAll,
  failed,
  found,
  inShort,
  type MadeLook,
  minute,
  missing,
  seen,
  sequenceAt,
  stored,
  storedAfter,
  WATCH,
} from '../support.ts';

const FULL = seen('FULLMIGRATING');
const INCREMENTAL = seen('INCRMIGEATING');

describe('the events of looks in a row', () => {
  interface Case {
    readonly looks: readonly MadeLook[];
    /** The events of each look, in order. */
    readonly events: readonly (readonly string[])[];
  }
  const down = failed();
  const FIRST = ['first_seen FULLMIGRATING'];
  const FAILING = ['failing (unreachable)'];
  const RESTORED = 'restored (unreachable)';

  const CASES: Record<string, Case> = {
    'the first look makes the baseline': { looks: [FULL], events: [FIRST] },
    'no change makes no event': { looks: [FULL, FULL, FULL], events: [FIRST, [], []] },
    'a change makes one event': {
      looks: [FULL, INCREMENTAL, INCREMENTAL],
      events: [FIRST, ['status_changed INCRMIGEATING'], []],
    },
    'the two spellings of the incremental status are no change': {
      looks: [INCREMENTAL, seen('INCRMIGRATING'), INCREMENTAL],
      events: [['first_seen INCRMIGEATING'], [], []],
    },
    'an unknown status is a change': {
      looks: [FULL, seen('PAUSED'), seen('paused'), seen('__proto__'), seen('constructor')],
      events: [
        FIRST,
        ['status_changed PAUSED'],
        ['status_changed paused'],
        ['status_changed __proto__'],
        ['status_changed constructor'],
      ],
    },
    'an IP switch is a change although the status stays the same': {
      looks: [
        INCREMENTAL,
        seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' }),
        seen('INCRMIGEATING', { taskStatus: 'EXCHANGE_SUCCESS' }),
      ],
      events: [
        ['first_seen INCRMIGEATING'],
        ['status_changed INCRMIGEATING'],
        ['status_changed INCRMIGEATING', 'ip_switched INCRMIGEATING'],
      ],
    },
    'a roll-back is a change although the status still reads as success': {
      looks: [
        seen('SUCCESS', { taskStatus: 'EXCHANGE_SUCCESS' }),
        seen('SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }),
        seen('SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }),
      ],
      events: [['first_seen SUCCESS'], ['status_changed SUCCESS', 'ip_rolled_back SUCCESS'], []],
    },
    'a switch after a roll-back counts, though the status stays the same: a success after it is one': {
      looks: [
        seen('TERMINATED', { taskStatus: 'ROLLBACK_SUCCESS' }),
        seen('TERMINATED', { taskStatus: 'EXCHANGE_SUCCESS' }),
        seen('SUCCESS'),
        seen('SUCCESS'),
      ],
      events: [['first_seen TERMINATED'], ['ip_switched TERMINATED'], ['status_changed SUCCESS'], []],
    },
    'another change is no change of status': {
      looks: [FULL, seen('FULLMIGRATING', { name: 'renamed', updatedAt: '2019/10/22 14:44:30' })],
      events: [FIRST, []],
    },
    'a restart after the end makes an event': {
      looks: [INCREMENTAL, seen('TERMINATED'), INCREMENTAL],
      events: [['first_seen INCRMIGEATING'], ['status_changed TERMINATED'], ['status_changed INCRMIGEATING']],
    },

    'one missing look could be a glitch': { looks: [FULL, missing, FULL], events: [FIRST, [], []] },
    'two missing looks in a row mean gone, and that makes one event': {
      looks: [FULL, missing, missing, missing, missing],
      events: [FIRST, [], ['gone DELETED'], [], []],
    },
    'two missing looks are not in a row with a good one between them': {
      looks: [FULL, missing, FULL, missing, FULL],
      events: [FIRST, [], [], [], []],
    },
    'two missing looks are not in a row with a failed one between them': {
      looks: [FULL, missing, down, missing, missing],
      events: [FIRST, [], [], [], ['gone DELETED']],
    },
    'two missing looks are not in a row with a failed one between them, even long after failing was announced':
      {
        looks: [FULL, down, down, down, missing, down, missing, missing],
        events: [FIRST, [], [], FAILING, [], [], [], ['gone DELETED']],
      },
    'a change is seen after a missing look': {
      looks: [FULL, missing, INCREMENTAL],
      events: [FIRST, [], ['status_changed INCRMIGEATING']],
    },
    'a task that was gone is found again, and can go again': {
      looks: [FULL, missing, missing, FULL, missing, missing],
      events: [FIRST, [], ['gone DELETED'], ['status_changed FULLMIGRATING'], [], ['gone DELETED']],
    },

    'a task that was never seen and does not exist is a failing watch at the third look': {
      looks: [missing, missing, missing, missing],
      events: [[], [], ['failing (not found)'], []],
    },
    'a mistyped task that appears is restored first, then seen': {
      looks: [missing, missing, missing, FULL],
      events: [[], [], ['failing (not found)'], ['restored (not found)', ...FIRST]],
    },

    'three failed looks in a row make one event': {
      looks: [FULL, down, down, down, down, down],
      events: [FIRST, [], [], FAILING, [], []],
    },
    'the reason is the one of the third look': {
      looks: [FULL, down, failed('throttled'), failed('not authorised')],
      events: [FIRST, [], [], ['failing (not authorised)']],
    },
    'failed looks with a good one between them are not in a row': {
      looks: [FULL, down, down, FULL, down, down, FULL],
      events: [FIRST, [], [], [], [], [], []],
    },
    'failed looks with a missing one between them are not in a row': {
      looks: [FULL, down, down, missing, down, down, FULL],
      events: [FIRST, [], [], [], [], [], []],
    },
    'the next good look makes one restored event': {
      looks: [FULL, down, down, down, FULL, FULL],
      events: [FIRST, [], [], FAILING, [RESTORED], []],
    },
    'a change meanwhile comes after restored, in the same look': {
      looks: [FULL, down, down, down, INCREMENTAL],
      events: [FIRST, [], [], FAILING, [RESTORED, 'status_changed INCRMIGEATING']],
    },
    'failing can be announced again after it was restored': {
      looks: [FULL, down, down, down, FULL, down, down, down],
      events: [FIRST, [], [], FAILING, [RESTORED], [], [], FAILING],
    },
    'a failing watch whose task turns out to be gone ends as gone': {
      looks: [FULL, down, down, down, missing, missing, missing],
      events: [FIRST, [], [], FAILING, [], ['gone DELETED'], []],
    },
    'a glitch of one missing look does not end an announced failing': {
      looks: [FULL, down, down, down, missing, FULL],
      events: [FIRST, [], [], FAILING, [], [RESTORED]],
    },
    'a task that is still gone answers, so looks at it fail no more': {
      looks: [FULL, missing, missing, down, down, down, missing, missing],
      events: [FIRST, [], ['gone DELETED'], [], [], FAILING, [RESTORED], []],
    },
    'failed looks at a gone task are not in a row with an answer between them': {
      looks: [FULL, missing, missing, down, down, missing, down, missing],
      events: [FIRST, [], ['gone DELETED'], [], [], [], [], []],
    },
    'a first look that fails is not yet a baseline': {
      looks: [down, FULL],
      events: [[], FIRST],
    },
  };

  it.each(Object.entries(CASES))('%s', (_rule, { looks, events }) => {
    const { updates } = detectAll(looks);
    expect(updates.map((change) => (change?.events ?? []).map(inShort))).toEqual(events);
  });
});

describe('the update of a look', () => {
  const known = found(detectAll([FULL]).record);

  it.each<[string, MadeLook]>([
    ['the same status', FULL],
    ['the same status with another name', seen('FULLMIGRATING', { name: 'other' })],
  ])('is empty for %s', (_case, look) => {
    expect(detect(known, look, { watch: WATCH, now: minute(1), enrichment: {} })).toBeUndefined();
  });

  it.each<[string, readonly MadeLook[], MadeLook]>([
    ['a failed look after failing was announced', [FULL, failed(), failed(), failed()], failed('throttled')],
    ['a missing look after gone was announced', [FULL, missing, missing], missing],
    [
      'a missing look at a task never seen, after failing was announced',
      [missing, missing, missing],
      missing,
    ],
  ])('is empty for %s', (_case, before, look) => {
    expect(
      detect(detectAll(before).record, look, { watch: WATCH, now: minute(9), enrichment: {} }),
    ).toBeUndefined();
  });

  it('does not change the record that was read', () => {
    const before = stored(known);
    for (const look of [INCREMENTAL, missing, failed()]) {
      expect(detect(known, look, { watch: WATCH, now: minute(1), enrichment: {} })?.stream.state).not.toEqual(
        before.state,
      );
    }
    expect(known).toEqual(before);
  });

  it('keeps outbox, lease and cooldowns as they are', () => {
    const event = found(detectAll([FULL]).events[0]);
    const fresh = { attempts: 0, nextAttemptAt: event.time, history: [] };
    const record = withFields(known, {
      outbox: [{ event, deliveries: { ops: fresh } }],
      lease: { owner: 'run-1', until: minute(5).toISOString() },
      cooldowns: [{ until: minute(5).toISOString(), keyFingerprint: 'f', refusals: 1 }],
    });
    const after = detectAll([failed(), missing, INCREMENTAL, missing, missing], { record, minute: 1 });
    expect(after.events.map(inShort)).toEqual(['status_changed INCRMIGEATING', 'gone DELETED']);
    expect(after.record).toMatchObject({ outbox: record.outbox, lease: record.lease });
    expect(after.record?.state.cooldowns).toEqual(record.state.cooldowns);
  });

  it('has the whole observation once something changed', () => {
    const { record } = detectAll([FULL, seen('INCRMIGEATING', { name: 'renamed', version: '6.0.21' })]);
    expect(record?.state.observation).toEqual({
      status: 'INCRMIGEATING',
      name: 'renamed',
      version: '6.0.21',
    });
  });

  it('resets the counts of missing and failed looks at the next good one', () => {
    for (const bad of [failed(), missing]) {
      const { record } = detectAll([FULL, bad, FULL]);
      expect(record?.state).not.toHaveProperty('failing');
      expect(record?.state).not.toHaveProperty('missing');
      expect(record).toEqual(known);
    }
  });

  it('keeps the last 50 statuses before the current one, oldest first', () => {
    const looks = Array.from({ length: 120 }, (_, n) => seen(`STATUS_${n}`));
    const { record } = detectAll(looks);
    expect(record?.state.standing?.status).toBe('STATUS_119');
    expect(record?.state.timeline.map(({ status }) => status)).toEqual(
      Array.from({ length: 50 }, (_, n) => `STATUS_${69 + n}`),
    );
  });

  it('has the time at which a status began, not that of the last look', () => {
    const { record } = detectAll([FULL, FULL, INCREMENTAL, INCREMENTAL]);
    expect(record?.state.timeline).toEqual([
      { status: 'FULLMIGRATING', phase: 'full', since: minute(0).toISOString() },
    ]);
    expect(record?.state.standing).toEqual({
      status: 'INCRMIGEATING',
      phase: 'incremental',
      since: minute(2).toISOString(),
    });
  });
});

describe('announced readiness', () => {
  const stats = { kind: 'known', value: { offset: 0, sourceKeys: 9, targetKeys: 9 } } as const;
  const ready = [0, 1, 2].reduce<StoredRecord | undefined>((record, n) => {
    const update = detect(record, INCREMENTAL, { watch: WATCH, now: minute(n), enrichment: { stats } });
    return update === undefined ? record : storedAfter(record, update);
  }, undefined);
  const announced = found(ready);
  const known = found(detectAll([FULL]).record);
  const { sequence } = found(announced.state.run?.ready?.announced);

  it('holds since its event, and not since an earlier one', () => {
    expect(isReadySince(announced.state, sequence)).toBe(true);
    expect(isReadySince(announced.state, sequence + 1)).toBe(true);
    expect(isReadySince(announced.state, sequence - 1)).toBe(false);
    expect(isReadySince(known.state, Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(isReadySince(NEW_TASK, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('is reissued with current figures and the current time, and still dates from its first announcement', () => {
    const now = { stats: { kind: 'known', value: { offset: 0, sourceKeys: 100, targetKeys: 99 } } } as const;
    const { update, event } = reissueReadiness({ stream: announced, events: [] }, now, WATCH, minute(90));
    expect(update.events).toEqual([]);
    expect(event).toMatchObject({
      type: 'dcs.migration.cutover_ready',
      sequence: sequenceAt(minute(90)),
      data: {
        number: 3,
        readiness: { sourceKeys: 100, keyGapPercent: 1 },
        validUntil: minute(150).toISOString(),
        sequence: sequenceAt(minute(90)),
      },
    });
    expect(event?.data.renews).toBe(announced.state.run?.ready?.announced?.id);
    expect(update.stream.state.run?.ready?.announced).toEqual(announced.state.run?.ready?.announced);
    expect(isReadySince(update.stream.state, sequence)).toBe(true);
  });

  it.each([
    ['was never announced', known],
    ['is of a task that was never seen', newRecord(minute(0))],
  ])('is not reissued when it %s', (_what, stream) => {
    const update = { stream, events: [] };
    expect(reissueReadiness(update, { stats }, WATCH, minute(90))).toEqual({
      update: update,
      event: undefined,
    });
  });

  it('is unconfirmed after skipped looks, and nothing else changes', () => {
    expect(detectNoLook(known, { code: 'resting' }, WATCH, { now: minute(5) })).toBeUndefined();
    expect(
      detectNoLook(newRecord(minute(0)), { code: 'resting' }, WATCH, { now: minute(5) }),
    ).toBeUndefined();
    expect(detectNoLook(announced, { code: 'resting' }, WATCH, { now: minute(5) })?.events).toEqual([]);
  });
});

describe('the number and the id of an event', () => {
  it('count on over restarts', () => {
    const before = detectAll([FULL, INCREMENTAL, seen('TERMINATED')]);
    const after = detectAll([INCREMENTAL, missing, missing], { record: before.record, minute: 3 });
    expect([...before.events, ...after.events].map(({ data }) => data.number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('are used up by events only', () => {
    const { events } = detectAll([failed(), FULL, missing, failed(), FULL, INCREMENTAL]);
    expect(events.map(({ data }) => data.number)).toEqual([1, 2]);
  });

  it('go on above those of a lost record: the sequence is at least the time in seconds', () => {
    const { record } = detectAll([FULL]);
    const lost = detectAll([INCREMENTAL, seen('TERMINATED')], { record, minute: 5 });
    const restored = detectAll([seen('FAILED')], { record, minute: 9 });
    const anew = detectAll([FULL], { minute: 9 });
    for (const { events } of [restored, anew]) {
      expect(events[0]?.sequence).toBe(sequenceAt(minute(9)));
      expect(Number(events[0]?.sequence)).toBeGreaterThan(lost.record?.sequence ?? Number.NaN);
    }
    // The numbers for people may repeat.
    expect([lost, restored, anew].map(({ events }) => events[0]?.data.number)).toEqual([2, 2, 1]);
  });

  it('only grow where the clock is set back', () => {
    const before = detectAll([FULL, INCREMENTAL], { minute: 1000 });
    const after = detectAll([FULL, INCREMENTAL], { record: before.record, minute: 0 });
    const sequences = [...before.events, ...after.events].map(({ sequence }) => Number(sequence));
    const last = Number(sequenceAt(minute(1001)));
    // A regression makes two events at once.
    expect(sequences).toEqual([last - 60, last, last + 1, last + 2, last + 3]);
  });

  it('go on from a record of an older version, which counted from one', () => {
    const { eventCount: _new, ...old } = found(detectAll([FULL]).record);
    const { events, record } = detectAll([INCREMENTAL], { record: { ...old, sequence: 41 }, minute: 1 });
    expect(events.map(({ sequence, data }) => [sequence, data.number])).toEqual([
      [sequenceAt(minute(1)), 42],
    ]);
    expect(record?.eventCount).toBe(42);
  });

  it('differ in the id between two runs that detect the same change', () => {
    const { record } = detectAll([FULL]);
    const [one, other] = ['one run', 'another run'].map((nonce) => {
      return detectAll([INCREMENTAL], { record, minute: 1, watch: { ...WATCH, stamp: { nonce } } }).events[0];
    });
    expect({ ...other, id: '' }).toEqual({ ...one, id: '' });
    expect(other?.id).not.toBe(one?.id);
  });

  it('start with the first look, whether it sees the task or not', () => {
    expect(detectAll([failed()]).record?.born).toBe(minute(0).toISOString());
    expect(detectAll([failed(), FULL]).record?.born).toBe(minute(0).toISOString());
    expect(detectAll([FULL]).record?.born).toBe(minute(0).toISOString());
  });
});
