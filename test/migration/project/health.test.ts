import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { LookFailure } from '../../../lib/events/event.ts';
import type { Look } from '../../../lib/migration/model/observation.ts';
import {
  classifyProject,
  detectProject,
  type ProjectHealth,
  type WatchedProject,
} from '../../../lib/migration/project/health.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { STAMP } from '../../support/stamp.ts';
import { failed, found, inShort, minute, missing, seen, sequenceAt, storedAfter } from '../support.ts';

const PROJECT: WatchedProject = {
  id: '254d2280acb74d36a8b839746bcd7352',
  name: 'prod',
  region: 'cn-north-4',
  tasks: 3,
  consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4',
  stamp: STAMP,
};
const SEEN = seen('FULLMIGRATING');
const resting: Look = { kind: 'skipped', why: 'resting' };
const late: Look = { kind: 'skipped', why: 'out of time' };

function refused(cooldownMs?: number): Look {
  return {
    kind: 'failed',
    reason: 'not authorised',
    detail: 'HTTP 401 APIGW.0301: signature refused.',
    ...(cooldownMs !== undefined && { cooldownMs }),
  };
}

describe('the health of a project after the looks of one tick', () => {
  it.each<[health: ProjectHealth['kind'], why: string, looks: Look[]]>([
    ['fine', 'all tasks were seen', [SEEN, SEEN]],
    ['fine', 'one was seen', [failed(), SEEN, failed()]],
    ['fine', 'the service said that a task does not exist: it answered', [failed(), missing]],
    ['fine', 'the only task was seen', [SEEN]],
    ['failing', 'all looks failed alike', [failed(), failed(), failed()]],
    ['failing', 'all looks failed, each in its way', [failed('throttled'), failed('unreadable answer')]],
    ['failing', 'one failed and the others were spared', [refused(1), resting, resting]],
    ['failing', 'one failed and for the others the time was too short', [failed(), late]],
    ['unknown', 'nothing was looked at', [resting, resting, late]],
    ['unknown', 'there is nothing to look at', []],
    ['unknown', 'the project has one task: its failure is its own', [failed()]],
    ['fine', 'a mistyped id is its task’s own matter', [failed('not found'), failed('not found')]],
    ['fine', 'one of the failures is a task’s own matter', [failed(), failed('not found')]],
  ])('is %s when %s', (health, _why, looks) => {
    expect(classifyProject(looks).kind).toBe(health);
    expect(classifyProject(looks.toReversed()).kind).toBe(health);
  });

  it.each<[health: ProjectHealth['kind'], why: string, looks: Look[], listed: Look]>([
    ['failing', 'all looks failed, and the list was read', [failed(), failed()], SEEN],
    ['fine', 'one was seen, and the list failed', [failed(), SEEN], failed()],
    ['fine', 'the only look failed, and the list was read', [failed()], SEEN],
    ['failing', 'the only look failed, and the list as well', [failed()], failed()],
    ['failing', 'nothing was found, and the list failed', [], failed()],
    ['failing', 'no look was made, and the list failed', [late, late], failed()],
    ['fine', 'no look was made, and the list was read', [late, late], SEEN],
    ['failing', 'all looks but those that were not made failed', [late, failed()], SEEN],
  ])('where tasks are discovered is %s when %s', (health, _why, looks, listed) => {
    expect(classifyProject(looks, listed).kind).toBe(health);
  });

  it('names the first failure, wherever skipped looks are', () => {
    expect(classifyProject([resting, failed('throttled'), failed('unreachable')])).toEqual({
      kind: 'failing',
      failure: { reason: 'throttled', detail: 'HTTP 503: throttled.' },
    });
  });

  it('depends on skipped looks only in the number of tasks', () => {
    const reasons: LookFailure[] = ['not found', 'not authorised', 'throttled', 'unreachable'];
    const made = fc.oneof(fc.constant(SEEN), fc.constant(missing), fc.constantFrom(...reasons).map(failed));
    fc.assert(
      fc.property(
        fc.array(made, { minLength: 2 }),
        fc.array(fc.constantFrom(resting, late)),
        (looks, skipped) => {
          expect(classifyProject([...skipped, ...looks])).toEqual(classifyProject(looks));
        },
      ),
    );
  });
});

/** The events of each tick, when its looks are classified and written one after another. */
function ticks(rows: readonly (readonly Look[])[]): { types: string[][]; record: StoredRecord | undefined } {
  let record: StoredRecord | undefined;
  const types = rows.map((looks, index) => {
    const update = detectProject(record, classifyProject(looks), PROJECT, minute(index));
    mustBeDescribed(update?.events ?? []);
    if (update !== undefined) record = storedAfter(record, update, 'project:p');
    return (update?.events ?? []).map(inShort);
  });
  return { types: types, record };
}

test('two entries of one project, begun at the same moment, have events with different ids', () => {
  const idOf = (name: string) => {
    const [update] = [1, 2, 3].reduce<[ReturnType<typeof detectProject>?]>(([before], n) => {
      const health = classifyProject([failed(), failed()]);
      return [detectProject(before?.stream, health, { ...PROJECT, name }, minute(n))];
    }, []);
    return update?.events[0]?.id;
  };
  expect(idOf('prod')).toMatch(/^evt_/);
  expect(idOf('prod')).toBe(idOf('prod'));
  expect(idOf('prod')).not.toBe(idOf('test'));
});

describe('the record of a project', () => {
  const down = [failed(), failed(), failed()];
  const denied = [refused(), refused(), refused()];
  const idle = [resting, resting, resting];
  const fine = [SEEN, failed(), missing];
  const FAILING = ['failing (unreachable)'];
  const RESTORED = ['restored (unreachable)'];

  it.each<[rule: string, rows: Look[][], types: string[][]]>([
    [
      'credentials refused for all tasks are one event, not one per task',
      [denied, denied, denied],
      [[], [], ['failing (not authorised)']],
    ],
    [
      '5xx three times and then good are exactly one failing, one restored',
      [down, down, down, fine, fine],
      [[], [], FAILING, RESTORED, []],
    ],
    [
      'failing makes one event, however long it lasts',
      [down, down, down, down, down, denied],
      [[], [], FAILING, [], [], []],
    ],
    [
      'two failures and a good tick make no event',
      [down, down, fine, down, down, fine],
      [[], [], [], [], [], []],
    ],
    [
      'skipped ticks do not count',
      [down, down, idle, idle, down, idle, fine],
      [[], [], [], [], FAILING, [], RESTORED],
    ],
    ['a healthy project needs no record', [fine, fine], [[], []]],
  ])('%s', (_rule, rows, types) => {
    expect(ticks(rows).types).toEqual(types);
  });

  it('is not made while everything is fine, and drops failing when that is over', () => {
    expect(ticks([fine, idle]).record).toBeUndefined();
    expect(ticks([down, fine]).record?.state).not.toHaveProperty('failing');
    expect(ticks([down, down, down, fine]).record?.state).not.toHaveProperty('failing');
  });

  it('is not written without a change', () => {
    const { record } = ticks([down, down, down]);
    for (const looks of [down, idle]) {
      expect(detectProject(record, classifyProject(looks), PROJECT, minute(9))).toBeUndefined();
    }
  });

  it('makes events about the project, not about a task', () => {
    const two = detectProject(undefined, classifyProject(down), PROJECT, minute(0));
    const more = detectProject(two?.stream, classifyProject(down), PROJECT, minute(1));
    const { events } = found(detectProject(more?.stream, classifyProject(down), PROJECT, minute(2)));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'dcs.watch.failing',
      source: `/huaweicloud/dcs/cn-north-4/${PROJECT.id}`,
      subject: PROJECT.id,
      sequence: sequenceAt(minute(2)),
      data: {
        number: 1,
        project: { id: PROJECT.id, name: 'prod', region: 'cn-north-4', tasks: 3 },
        reason: 'unreachable',
        severity: 'action',
        summary: 'project prod (3 tasks): cannot be watched: 3 looks in a row failed (unreachable)',
      },
    });
    expect(events[0]?.data).not.toHaveProperty('task');
  });
});
