import { describe, expect, it } from 'vitest';
import type { LastFigures, MigrationEvent } from '../../../lib/events/event.ts';
import {
  detectGroup,
  isGroupReady,
  isGroupReadySince,
  reissueGroupReady,
} from '../../../lib/migration/group/group.ts';
import type { GroupState, Stream } from '../../../lib/migration/model/state.ts';
import { DEFAULT_THRESHOLDS } from '../../../lib/migration/model/thresholds.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { withFields } from '../../support/records.ts';
import {
  detectAll,
  found,
  IN_STEP,
  LISTED,
  type MadeLook,
  minute,
  missing,
  seen,
  storedAfter,
  WATCH,
} from '../support.ts';

const INCREMENTAL = seen('INCRMIGEATING');
const ANNOUNCED_EVENT = { id: 'evt_0123456789abcdef01234567', sequence: 2 };

/** The record of a task after these looks. */
const after = (...looks: readonly MadeLook[]): StoredRecord =>
  found(detectAll(looks, { enrichment: IN_STEP }).record);
const READY: StoredRecord = (() => {
  const record = after(INCREMENTAL);
  return withFields(record, {
    run: { ...found(record.state.run), ready: { streak: 3, announced: ANNOUNCED_EVENT } },
  });
})();

type Members = readonly (StoredRecord | undefined)[];
const members = (records: Members) =>
  records.map((record, n) => ({
    watch: { ...WATCH, taskId: `task-${n}`, name: `orders-${n}` },
    task: record?.state,
  }));
const group = (records: Members) => ({
  name: 'orders',
  members: members(records),
  thresholds: DEFAULT_THRESHOLDS,
  stamp: WATCH.stamp,
});

/** The events of a group whose members stand like this, one after another. */
function replay(steps: readonly Members[]) {
  let record: StoredRecord | undefined;
  const events: MigrationEvent[] = [];
  const words = steps.map((records, index) => {
    const update = detectGroup(record, group(records), minute(index));
    if (update !== undefined) record = storedAfter(record, update, 'group:orders');
    events.push(...(update?.events ?? []));
    return (update?.events ?? []).map(({ type }) => type.replace('dcs.group.', '')).join(' ');
  });
  mustBeDescribed(events);
  return { words, events, record };
}

const STOPPED = after(INCREMENTAL, seen('TERMINATED'));
const SWITCHING = after(INCREMENTAL, seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' }));
const FAILED = after(INCREMENTAL, seen('FAILED'));
const SUCCEEDED = after(seen('FULLMIGRATING'), seen('SUCCESS'));
const GONE = after(INCREMENTAL, missing, missing);

const FAILED_AND_GONE = after(INCREMENTAL, seen('FAILED'), missing, missing);
const INCREMENTAL_NOW = after(INCREMENTAL);
const SWITCHED = { taskStatus: 'EXCHANGE_SUCCESS' };
/** A success that nobody could check. */
const UNCHECKED_END = withFields(SUCCEEDED, {
  standing: { ...found(SUCCEEDED.state.standing), unchecked: 'deleted' },
});

describe('a group', () => {
  it.each<[string, Members, string]>([
    ['is ready when all of its tasks are', [READY, READY], 'ready'],
    ['is not ready while one is not', [READY, after(INCREMENTAL)], ''],
    ['makes no event while one was not seen', [READY, undefined], ''],
    ['makes no event while looks at one only failed', [READY, newRecord(minute(0))], ''],
    ['has not finished while one was not seen', [STOPPED, undefined], ''],
    ['has failed when one task has, whatever is unseen', [FAILED, newRecord(minute(0))], 'failed'],
    ['makes no event while none was seen', [undefined, undefined], ''],
    ['has failed when one task has', [READY, FAILED], 'failed'],
    ['has failed when one is gone before its end', [READY, GONE], 'failed'],
    ['has finished when all of its tasks have', [STOPPED, SUCCEEDED], 'finished'],
    [
      'has finished, too, when they were deleted since',
      [after(seen('FULLMIGRATING'), seen('SUCCESS'), missing, missing)],
      'finished',
    ],
    [
      'has finished, too, when they were released since',
      [after(INCREMENTAL, seen('TERMINATED'), seen('RELEASED'))],
      'finished',
    ],
    [
      'has not finished with one that was stopped during the full synchronisation',
      [SUCCEEDED, after(seen('FULLMIGRATING'), seen('TERMINATED'))],
      '',
    ],
    ['has not finished with one that was never seen at work', [SUCCEEDED, after(seen('TERMINATED'))], ''],
    [
      'has failed with one that failed and was released',
      [SUCCEEDED, after(seen('FAILED'), seen('RELEASED'))],
      'failed',
    ],
    [
      'has not finished with a roll-back',
      [SUCCEEDED, after(INCREMENTAL, seen('SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }))],
      '',
    ],
    [
      'has not finished with a roll-back that was stopped',
      [SUCCEEDED, after(INCREMENTAL, seen('TERMINATED', { taskStatus: 'ROLLBACK_SUCCESS' }))],
      '',
    ],
    [
      'has not finished with a roll-back that was released',
      [SUCCEEDED, after(INCREMENTAL, seen('SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }), seen('RELEASED'))],
      '',
    ],
    [
      'has finished with one that failed and then succeeded',
      [SUCCEEDED, after(seen('FULLMIGRATING'), seen('FAILED'), seen('SUCCESS'))],
      'finished',
    ],
    [
      'has failed with one that succeeded and then failed',
      [SUCCEEDED, after(seen('FULLMIGRATING'), seen('SUCCESS'), seen('FAILED'))],
      'failed',
    ],
    [
      'has finished with one that was released after incremental replication',
      [SUCCEEDED, after(INCREMENTAL, seen('RELEASED'))],
      'finished',
    ],
    [
      'has finished with one that was released and then deleted',
      [after(INCREMENTAL, seen('RELEASED'), missing, missing)],
      'finished',
    ],
    ...['MIGRATING', 'FULLMIGRATING', 'RUNNING'].map((last): [string, Members, string] => [
      `has not finished with one that was released when it was ${last}`,
      [SUCCEEDED, after(INCREMENTAL, seen('TERMINATED'), seen(last), seen('RELEASED'))],
      '',
    ]),
    [
      'has not finished with one that was released after a roll-back',
      [SUCCEEDED, after(seen('INCRMIGEATING', { taskStatus: 'ROLLBACK_SUCCESS' }), seen('RELEASED'))],
      '',
    ],
    ['makes no event without tasks', [], ''],
  ])('%s', (_rule, records, word) => {
    expect(replay([records]).words).toEqual([word]);
  });

  it.each<[string, readonly Members[], readonly string[]]>([
    ['makes one event', [[READY], [READY], [READY]], ['ready', '', '']],
    [
      'is retracted when a task is no longer ready',
      [
        [READY, READY],
        [READY, after(INCREMENTAL)],
      ],
      ['ready', 'retracted'],
    ],
    [
      'is retracted for a failure, which makes an event',
      [
        [READY, READY],
        [READY, FAILED],
      ],
      ['ready', 'retracted failed'],
    ],
    [
      'first retracts what no longer holds, and then reports what does',
      [
        [READY, FAILED],
        [READY, READY],
      ],
      ['failed', 'retracted ready'],
    ],
    [
      'ends without an event when it is cut over',
      [
        [READY, READY],
        [READY, STOPPED],
        [STOPPED, STOPPED],
      ],
      ['ready', '', 'finished'],
    ],
    [
      'is retracted when a task is no longer ready while another is cut over',
      [
        [READY, READY],
        [SWITCHING, READY],
        [SWITCHING, after(INCREMENTAL)],
        [SWITCHING, after(INCREMENTAL)],
      ],
      ['ready', '', 'retracted', ''],
    ],
    [
      'is retracted when the last of those that are cut over fails',
      [
        [READY, READY],
        [SWITCHING, SWITCHING],
        [STOPPED, SWITCHING],
        [STOPPED, FAILED],
      ],
      ['ready', '', '', 'retracted failed'],
    ],
    [
      'stays ready when the IP addresses of a task were switched between two looks, until it falls back',
      [
        [READY, READY],
        [READY, after(INCREMENTAL, seen('INCRMIGEATING', SWITCHED))],
        [READY, after(INCREMENTAL, seen('FULLMIGRATING', SWITCHED))],
      ],
      ['ready', '', 'retracted'],
    ],
    [
      'is retracted when a task fails after its IP addresses were switched',
      [
        [READY, READY],
        [READY, after(INCREMENTAL, seen('FAILED', SWITCHED))],
      ],
      ['ready', 'retracted failed'],
    ],
    [
      'is retracted when a failed task is being stopped',
      [
        [READY, READY],
        [READY, after(INCREMENTAL, seen('FAILED'), seen('TERMINATING'))],
      ],
      ['ready', 'retracted failed'],
    ],
    [
      'is not retracted when tasks are restarted after it was cut over',
      [[READY], [STOPPED], [after(INCREMENTAL, seen('TERMINATED'), INCREMENTAL)]],
      ['ready', 'finished', 'retracted'],
    ],
    [
      'is retracted when a task is no longer ready, whatever is unseen',
      [
        [READY, READY],
        [after(INCREMENTAL), undefined],
        [READY, undefined],
      ],
      ['ready', 'retracted', ''],
    ],
    [
      'is no longer failed when the failed task is repaired, whatever was never seen',
      [
        [FAILED, undefined],
        [READY, undefined],
        [READY, newRecord(minute(0))],
        [READY, READY],
      ],
      ['failed', 'retracted', '', 'ready'],
    ],
    [
      'stays finished until one is seen that has not finished',
      [
        [STOPPED, STOPPED],
        [undefined, STOPPED],
        [undefined, after(INCREMENTAL)],
      ],
      ['finished', '', 'retracted'],
    ],
    [
      'is no longer failed after a restart',
      [[FAILED], [after(INCREMENTAL, seen('FAILED'), INCREMENTAL)]],
      ['failed', 'retracted'],
    ],
    ...['RELEASED', 'TERMINATING', 'TERMINATED', 'SHUFFLING'].map(
      (next): [string, readonly Members[], readonly string[]] => [
        `has failed also when the failed task is ${next} since`,
        [[FAILED], [after(INCREMENTAL, seen('FAILED'), seen(next))]],
        ['failed', ''],
      ],
    ),
    ...['CREATING', 'RUNNING', 'MIGRATING', 'FULLMIGRATING', 'INCRMIGEATING'].map(
      (next): [string, readonly Members[], readonly string[]] => [
        `has not failed any more when the failed task is ${next} since`,
        [[FAILED], [after(INCREMENTAL, seen('FAILED'), seen(next))]],
        ['failed', 'retracted'],
      ],
    ),
    [
      'is no longer finished after a restart',
      [[STOPPED], [after(INCREMENTAL, seen('TERMINATED'), INCREMENTAL)]],
      ['finished', 'retracted'],
    ],
    [
      'makes no event because of a task that is looked at for the first time',
      [[READY], [READY, undefined]],
      ['ready', ''],
    ],
    ['can be ready again', [[READY], [after(INCREMENTAL)], [READY]], ['ready', 'retracted', 'ready']],
  ])('%s', (_rule, steps, words) => {
    expect(replay(steps).words).toEqual(words);
  });

  it('has its own numbers, and is the subject of its events', () => {
    const { events } = replay([
      [READY, READY],
      [READY, after(INCREMENTAL)],
    ]);
    expect(events.map(({ data, subject }) => [data.number, subject])).toEqual([
      [1, 'orders'],
      [2, 'orders'],
    ]);
    expect(events[1]?.data).toMatchObject({
      severity: 'action',
      summary: 'group orders: no longer ready because of orders-1 (incremental)',
      group: { retracts: { type: 'dcs.group.ready', id: events[0]?.id, reason: 'orders-1 (incremental)' } },
    });
  });

  it('claims nothing unknown about a failure that is over', () => {
    const { record } = replay([[FAILED, READY]]);
    const reason = (left: Parameters<typeof detectGroup>[1]) =>
      detectGroup(record, left, minute(5))?.events[0]?.data.group?.retracts?.reason;
    // The failed task has left the group, and is still failed.
    expect(reason(group([READY]))).toBe('there is no failed task left');
    expect(reason(group([READY, undefined]))).toBe('there is no failed task left among those seen so far');
    expect(reason({ ...group([READY]), mayHaveMore: true })).toBe(
      'there is no failed task left among those seen so far',
    );
  });

  it('has ids of its own, even with the name of a task that came at the same moment', () => {
    const watch = { ...WATCH, taskId: 'orders' };
    const task = detectAll([seen('FAILED')], { watch });
    const namesake = { ...group([]), members: [{ watch, task: task.record?.state }] };
    const [event] = detectGroup(undefined, namesake, minute(0))?.events ?? [];
    const [first] = task.events;

    expect([event?.subject, event?.sequence]).toEqual([first?.subject, first?.sequence]);
    expect(event?.id).not.toBe(first?.id);
  });

  it('of one task is described in the singular', () => {
    const { events } = replay([[READY], [STOPPED], [FAILED]]);
    expect(events.map(({ data }) => data.summary)).toEqual([
      'group orders: its only task is ready for the cut-over',
      'group orders: its only task has finished',
      'group orders: no longer finished because of orders-0 (failed)',
      'group orders: its only task failed (orders-0)',
    ]);
  });

  it('names a few of many tasks in a sentence, and a hundred in its event, the most important first', () => {
    const many = [...Array.from({ length: 150 }, () => READY), ...Array.from({ length: 5 }, () => FAILED)];
    const [event] = replay([many]).events;
    expect(event?.data.summary).toBe(
      'group orders: 5 of 155 tasks failed (orders-150, orders-151, orders-152 and 2 more)',
    );
    expect(event?.data.group).toMatchObject({ size: 155, projects: ['prod'] });
    expect(event?.data.group?.members).toHaveLength(100);
    expect(event?.data.group?.members.slice(0, 6).map(({ phase }) => phase)).toEqual([
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
      'incremental',
    ]);
  });

  it('counts unknown tasks that it must have, too', () => {
    const lacking = { ...group([FAILED, READY]), size: 4, mayHaveMore: true };
    const [event] = detectGroup(undefined, lacking, minute(0))?.events ?? [];
    expect(event?.data).toMatchObject({
      summary: 'group orders: 1 of 4 tasks failed (orders-0)',
      group: { size: 4, members: [{ name: 'orders-0' }, { name: 'orders-1' }] },
    });
  });

  it('may be cut over only while all of its tasks are ready', () => {
    expect(isGroupReady(group([READY, READY]))).toBe(true);
    expect(isGroupReady(group([READY, SWITCHING]))).toBe(false);
    expect(isGroupReady(group([READY, undefined]))).toBe(false);
    expect(isGroupReady(group([]))).toBe(false);
    expect(isGroupReady({ ...group([READY]), mayHaveMore: true })).toBe(false);
    expect(isGroupReady({ ...group([READY]), size: 2 })).toBe(false);
  });

  it('writes nothing when nothing changed', () => {
    const { record } = replay([[READY]]);
    expect(detectGroup(record, group([READY]), minute(5))).toBeUndefined();
    expect(detectGroup(undefined, group([after(INCREMENTAL)]), minute(5))).toBeUndefined();
  });
});

describe('a group whose task ended unchecked', () => {
  const { timeline, standing } = UNCHECKED_END.state;
  const RELEASED = withFields(UNCHECKED_END, {
    timeline: [...timeline, found(standing)],
    standing: { status: 'RELEASED', phase: 'released', since: minute(9).toISOString() },
  });

  it.each([
    ['as it ended', UNCHECKED_END],
    ['released since', RELEASED],
  ])('has finished without success: %s', (_what, record) => {
    const [event] = replay([[SUCCEEDED, record]]).events;
    expect(event).toMatchObject({
      type: 'dcs.group.finished',
      data: {
        severity: 'action',
        unchecked: 'what became of orders-1',
        summary: 'group orders: both tasks have finished, but orders-1 could not be checked',
      },
    });
  });

  it('is no success when it was released while its IP addresses were switched', () => {
    const EXCHANGING = seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' });
    const severityAfter = (...looks: readonly MadeLook[]) =>
      replay([[after(INCREMENTAL, EXCHANGING, ...looks)]]).events.map(({ data }) => data.severity);
    expect(severityAfter(seen('RELEASED'))).toEqual(['action']);
    expect(severityAfter(seen('TERMINATING'), seen('RELEASED'))).toEqual(['action']);
    expect(severityAfter(seen('RELEASED', { taskStatus: 'EXCHANGE_SUCCESS' }))).toEqual(['success']);
  });

  it.each<[string, readonly MadeLook[], string, LastFigures['state']]>([
    ['was stopped', [seen('TERMINATED')], 'ended while 52 MB behind', 'behind'],
    ['was released', [seen('RELEASED')], 'ended while 52 MB behind', 'behind'],
    ['reads as a success', [seen('SUCCESS')], 'ended while 52 MB behind', 'behind'],
    ['was switched and stopped', [seen('TERMINATED', SWITCHED)], 'ended while 52 MB behind', 'behind'],
    ['was stopped and deleted', [seen('TERMINATED'), missing, missing], 'ended while 52 MB behind', 'behind'],
    [
      'was stopped, and reads as a success since',
      [seen('TERMINATED'), seen('SUCCESS')],
      'ended while 52 MB behind',
      'behind',
    ],
  ])('has finished without success with a task behind that %s', (_how, looks, words, state) => {
    const stats = { offset: 52_000_000, sourceKeys: 10, targetKeys: 10 };
    const enrichment = { ...LISTED, stats: { kind: 'known', value: stats } } as const;
    const record = found(detectAll([INCREMENTAL, ...looks], { enrichment }).record);
    const { events } = replay([[SUCCEEDED, record]]);
    expect(events).toMatchObject([
      {
        type: 'dcs.group.finished',
        data: {
          severity: 'action',
          summary: `group orders: both tasks have finished, but orders-1 ${words}`,
          group: { members: [{ name: 'orders-1', lastFigures: { state, offset: 52_000_000 } }, {}] },
        },
      },
    ]);
  });

  it('is no longer ready when one of its tasks is stopped, or switched, while behind', () => {
    const { enrichment } = { enrichment: { ...LISTED, stats: { kind: 'known', value: {} } } as const };
    const switched = found(detectAll([INCREMENTAL, seen('INCRMIGEATING', SWITCHED)], { enrichment }).record);
    const stopped = found(detectAll([INCREMENTAL, seen('TERMINATED')], { enrichment }).record);
    expect(
      replay([
        [READY, READY],
        [READY, stopped],
      ]).words,
    ).toEqual(['ready', 'retracted']);
    const { words, events } = replay([
      [READY, READY],
      [READY, switched],
    ]);
    expect(words).toEqual(['ready', 'retracted']);
    expect(events.at(-1)?.data.summary).toBe(
      'group orders: no longer ready because of orders-1 (incremental with the target state unknown)',
    );
  });

  it('is a success as soon as it is checked, once', () => {
    const { words, events } = replay([[UNCHECKED_END], [UNCHECKED_END], [SUCCEEDED], [SUCCEEDED]]);
    expect(words).toEqual(['finished', '', 'finished', '']);
    expect(events.map(({ data }) => data.severity)).toEqual(['action', 'success']);
  });
});

describe('a group that may have more tasks than are known', () => {
  const more = (records: Members) => ({ ...group(records), mayHaveMore: true });
  const typesOf = (record: StoredRecord | undefined, records: Members) =>
    (detectGroup(record, more(records), minute(5))?.events ?? []).map(({ type }) => type);

  it('is neither ready nor finished', () => {
    expect(typesOf(undefined, [READY, READY])).toEqual([]);
    expect(typesOf(undefined, [STOPPED, SUCCEEDED])).toEqual([]);
  });

  it('can fail, and retracts what no longer holds', () => {
    expect(typesOf(undefined, [READY, FAILED])).toEqual(['dcs.group.failed']);
    expect(typesOf(replay([[READY, READY]]).record, [READY, after(INCREMENTAL)])).toEqual([
      'dcs.group.retracted',
    ]);
  });
});

describe('a group of which a record cannot be read', () => {
  const failed = found(replay([[FAILED, READY]]).record);
  const typesOf = (more: object) =>
    detectGroup(failed, { ...group([undefined, READY]), ...more }, minute(5))?.events.map(({ type }) => type);

  it('counts as failed while that may be the record of the failed task', () => {
    expect(typesOf({ mayHideFailure: true })).toBeUndefined();
    expect(typesOf({})).toEqual(['dcs.group.retracted']);
  });

  it('retracts everything else', () => {
    const hiding = { ...group([undefined, after(INCREMENTAL)]), mayHideFailure: true };
    const events = detectGroup(replay([[READY, READY]]).record, hiding, minute(5))?.events;
    expect(events?.map(({ type }) => type)).toEqual(['dcs.group.retracted']);
  });
});

describe('a group without tasks', () => {
  const deserted = { ...group([]), isDeserted: true };
  const summariesAfter = (before: Members, now: Parameters<typeof detectGroup>[1]) => {
    const events = detectGroup(replay([before]).record, now, minute(9))?.events ?? [];
    mustBeDescribed(events);
    return events.map(({ data }) => data.summary);
  };

  it('is no longer ready or failed', () => {
    const why = 'none of its tasks is watched any more';
    expect(summariesAfter([READY], deserted)).toEqual([`group orders: no longer ready: ${why}`]);
    expect(summariesAfter([FAILED], deserted)).toEqual([`group orders: no longer failed: ${why}`]);
  });

  it('names the deleted task that is the reason', () => {
    const watch = { ...WATCH, name: 'orders-0', discoveredBy: 'prod' };
    const forgotten = [{ watch, task: GONE.state }];
    expect(summariesAfter([GONE], { ...deserted, forgotten })).toEqual([
      'group orders: no longer failed: orders-0 was deleted at least a day ago and no longer counts, and the group has no other tasks',
    ]);
  });

  it('stays finished, and makes no event if it made none before', () => {
    expect(summariesAfter([STOPPED], deserted)).toEqual([]);
    expect(detectGroup(undefined, deserted, minute(9))).toBeUndefined();
    expect(summariesAfter([after(INCREMENTAL)], deserted)).toEqual([]);
  });

  it('stays ready while it may have some that could not be read', () => {
    expect(summariesAfter([READY], group([]))).toEqual([]);
    expect(summariesAfter([READY], group([undefined]))).toEqual([]);
  });

  it('keeps its source and its projects', () => {
    const { record, events } = replay([[READY]]);
    const [event] = detectGroup(record, deserted, minute(9))?.events ?? [];
    expect(event).toMatchObject({
      source: events[0]?.source,
      data: { group: { size: 0, projects: ['prod'], members: [] }, consoleUrl: WATCH.consoleUrl },
    });
  });
});

describe('a discovered task that was deleted', () => {
  const discovered = (...records: readonly StoredRecord[]) => ({
    ...group(records),
    members: members(records).map(({ watch, task }) => ({
      watch: { ...watch, discoveredBy: 'prod' },
      task,
    })),
  });
  const eventsOf = (...records: readonly StoredRecord[]) =>
    detectGroup(undefined, discovered(...records), minute(9))?.events.map(({ type }) => type) ?? [];

  it('counts as failed for its group', () => {
    expect(eventsOf(READY, GONE)).toEqual(['dcs.group.failed']);
  });

  it('counts as failed although another task was first seen after it', () => {
    const later = { ...READY, born: minute(5).toISOString() };
    expect(eventsOf(READY, GONE, later)).toEqual(['dcs.group.failed']);
  });

  it('is a failure for ever if the configuration names it', () => {
    const named = group([READY, GONE, READY]);
    expect(detectGroup(undefined, named, minute(9))?.events.map(({ type }) => type)).toEqual([
      'dcs.group.failed',
    ]);
  });
});

describe('a discovered task that was deleted a day ago', () => {
  const discovered = (records: Members) =>
    members(records).map(({ watch, task }) => ({
      watch: { ...watch, taskId: `was-${watch.taskId}`, name: `was-${watch.name}`, discoveredBy: 'prod' },
      task,
    }));
  const without = (records: Members, forgotten: Members) => ({
    ...group(records),
    forgotten: discovered(forgotten),
  });
  const eventsOf = (records: Members, forgotten: Members, stream?: Stream<GroupState>) => {
    const events = detectGroup(stream, without(records, forgotten), minute(9))?.events ?? [];
    mustBeDescribed(events);
    return events.map(({ type, data }) => [type.slice('dcs.group.'.length), data.severity, data.summary]);
  };

  it('is named in the events about all the others', () => {
    expect(eventsOf([READY, READY], [GONE])).toEqual([
      [
        'ready',
        'action',
        'group orders: both tasks are ready for the cut-over, but was-orders-0 was deleted before it ended well',
      ],
    ]);
    expect(eventsOf([STOPPED], [GONE, FAILED_AND_GONE])).toEqual([
      [
        'finished',
        'action',
        'group orders: its only task has finished, but was-orders-0, was-orders-1 were deleted before they ended well',
      ],
    ]);
    const [event] = detectGroup(undefined, without([STOPPED], [GONE]), minute(9))?.events ?? [];
    expect(event?.data.unchecked).toBe('what became of was-orders-0');
    expect(event?.data.group?.members.map(({ name }) => name)).toEqual(['orders-0']);
  });

  it('is not named when it had ended well', () => {
    const wellDone = after(INCREMENTAL, seen('TERMINATED'), missing, missing);
    expect(eventsOf([READY], [wellDone])[0]?.[2]).toBe(
      'group orders: its only task is ready for the cut-over',
    );
  });

  it('is the reason why the group is no longer failed', () => {
    const stream = detectGroup(undefined, group([INCREMENTAL_NOW, FAILED]), minute(1))?.stream;
    expect(eventsOf([INCREMENTAL_NOW], [GONE], stream)).toEqual([
      [
        'retracted',
        'action',
        'group orders: no longer failed: was-orders-0 was deleted at least a day ago and no longer counts, and there is no failed task left',
      ],
    ]);
  });

  it('stays unchecked when another unchecked task is checked', () => {
    const update = detectGroup(undefined, without([UNCHECKED_END], [GONE]), minute(1));
    expect(update?.events[0]?.data.summary).toBe(
      'group orders: its only task has finished, but orders-0 could not be checked, and was-orders-0 was deleted before it ended well',
    );
    const checked = eventsOf([SUCCEEDED], [GONE], update?.stream);
    expect(checked.map(([word, severity]) => [word, severity])).toEqual([['finished', 'action']]);
  });

  it('is not a plain success once the deleted task is forgotten', () => {
    const update = detectGroup(undefined, without([STOPPED], [GONE]), minute(1));
    expect(eventsOf([STOPPED], [], update?.stream)).toEqual([]);
  });
});

describe('a group that was ready too long ago', () => {
  const { record } = replay([[READY]]);
  const ANNOUNCED = found(record);

  it('is announced anew, and still dates from its first announcement', () => {
    const { update, event } = reissueGroupReady(
      { stream: ANNOUNCED, events: [] },
      group([READY]),
      minute(90),
    );
    expect(event).toMatchObject({ type: 'dcs.group.ready', data: { validUntil: minute(150).toISOString() } });
    expect(update.events).toEqual([]);
    // The first announcement is the one to retract, for everybody.
    expect(update.stream.state.announced?.ready).toEqual(ANNOUNCED.state.announced?.ready);
    expect(event?.data.renews).toBe(ANNOUNCED.state.announced?.ready?.id);
    const { sequence } = found(ANNOUNCED.state.announced?.ready);
    expect(isGroupReadySince(update.stream.state, sequence)).toBe(true);
    expect(isGroupReadySince(update.stream.state, sequence - 1)).toBe(false);
  });

  it('keeps the source of its events, whatever its first task is', () => {
    const elsewhere = {
      ...WATCH,
      taskId: 'task-9',
      projectId: '0123456789abcdef0123456789abcdef',
      region: 'eu-west-0',
    };
    const update = { stream: ANNOUNCED, events: [] };
    const sourceOf = (of: Parameters<typeof reissueGroupReady>[1]) =>
      reissueGroupReady(update, of, minute(90)).event?.source;
    const before = sourceOf(group([READY]));
    const moved = { ...group([]), members: [{ watch: elsewhere, task: READY.state }, ...members([READY])] };

    expect(before).toBe('/dcs-migration-watch/groups/orders');
    expect(sourceOf(moved)).toBe(before);
    const [event] =
      detectGroup(ANNOUNCED, { ...moved, members: [{ watch: elsewhere, task: FAILED.state }] }, minute(90))
        ?.events ?? [];
    expect(event?.source).toBe(before);
  });

  it.each<[string, StoredRecord, Members]>([
    ['it is not ready', newRecord(minute(0)), [READY]],
    ['it has no tasks any more', ANNOUNCED, []],
    ['a task of it was not seen', ANNOUNCED, [READY, undefined]],
  ])('is not reissued when %s', (_when, before, records) => {
    const update = { stream: before, events: [] };
    expect(reissueGroupReady(update, group(records), minute(90))).toEqual({
      update,
      event: undefined,
    });
  });

  it('counts as ready only once it was announced', () => {
    expect(isGroupReadySince({}, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});
