import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { LookFailure } from '../../../lib/events/event.ts';
import type { Look } from '../../../lib/migration/model/observation.ts';
import type { Cooldown, WatchRecord } from '../../../lib/migration/model/state.ts';
import { type Fingerprints, isResting, restAfter } from '../../../lib/migration/project/cooldown.ts';
import {
  judgeProject,
  observeProject,
  type ProjectVerdict,
  type WatchedProject,
} from '../../../lib/migration/project/health.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { STAMP } from '../../support/stamp.ts';
import { failed, found, inShort, minute, missing, seen, sequenceAt, stored } from '../support.ts';

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

function refused(restMs?: number): Look {
  return {
    kind: 'failed',
    reason: 'not authorised',
    detail: 'HTTP 401 APIGW.0301: signature refused.',
    ...(restMs !== undefined && { restMs }),
  };
}

function throttled(restMs: number): Look {
  return { kind: 'failed', reason: 'throttled', detail: 'HTTP 429 APIGW.0308.', restMs };
}

describe('what the looks of one tick say about their project', () => {
  it.each<[verdict: ProjectVerdict['kind'], why: string, looks: Look[]]>([
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
  ])('is %s when %s', (verdict, _why, looks) => {
    expect(judgeProject(looks).kind).toBe(verdict);
    expect(judgeProject(looks.toReversed()).kind).toBe(verdict);
  });

  it.each<[verdict: ProjectVerdict['kind'], why: string, looks: Look[], listed: Look]>([
    ['failing', 'all looks failed, and the list was read', [failed(), failed()], SEEN],
    ['fine', 'one was seen, and the list failed', [failed(), SEEN], failed()],
    ['fine', 'the only look failed, and the list was read', [failed()], SEEN],
    ['failing', 'the only look failed, and the list as well', [failed()], failed()],
    ['failing', 'nothing was found, and the list failed', [], failed()],
    ['failing', 'no look was made, and the list failed', [late, late], failed()],
    ['fine', 'no look was made, and the list was read', [late, late], SEEN],
    ['failing', 'all looks but those that were not made failed', [late, failed()], SEEN],
  ])('where tasks are discovered is %s when %s', (verdict, _why, looks, listed) => {
    expect(judgeProject(looks, listed).kind).toBe(verdict);
  });

  it('names the first failure, wherever skipped looks stand', () => {
    expect(judgeProject([resting, failed('throttled'), failed('unreachable')])).toEqual({
      kind: 'failing',
      failure: { reason: 'throttled', detail: 'HTTP 503: throttled.' },
    });
  });

  it('depends on skipped looks in nothing but how many tasks there are', () => {
    const reasons: LookFailure[] = ['not found', 'not authorised', 'throttled', 'unreachable'];
    const made = fc.oneof(fc.constant(SEEN), fc.constant(missing), fc.constantFrom(...reasons).map(failed));
    fc.assert(
      fc.property(
        fc.array(made, { minLength: 2 }),
        fc.array(fc.constantFrom(resting, late)),
        (looks, skipped) => {
          expect(judgeProject([...skipped, ...looks])).toEqual(judgeProject(looks));
        },
      ),
    );
  });
});

/** What each tick is told as, when its looks are judged and written one after another. */
function ticks(rows: readonly (readonly Look[])[]): { told: string[][]; record: WatchRecord | undefined } {
  let record: WatchRecord | undefined;
  const told = rows.map((looks, index) => {
    const noticed = observeProject(record, judgeProject(looks), PROJECT, minute(index));
    mustBeDescribed(noticed?.events ?? []);
    if (noticed !== undefined) record = stored(noticed.record);
    return (noticed?.events ?? []).map(inShort);
  });
  return { told, record };
}

test('two entries of one project, begun in the same moment, call their events by ids of their own', () => {
  const idOf = (name: string) => {
    const [noticed] = [1, 2, 3].reduce<[ReturnType<typeof observeProject>?]>(([before], n) => {
      const verdict = judgeProject([failed(), failed()]);
      return [observeProject(before?.record, verdict, { ...PROJECT, name }, minute(n))];
    }, []);
    return noticed?.events[0]?.id;
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

  it.each<[rule: string, rows: Look[][], told: string[][]]>([
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
      'failing is told once, however long it lasts',
      [down, down, down, down, down, denied],
      [[], [], FAILING, [], [], []],
    ],
    [
      'two failures and a good tick are not told',
      [down, down, fine, down, down, fine],
      [[], [], [], [], [], []],
    ],
    [
      'ticks that were spared count as nothing',
      [down, down, idle, idle, down, idle, fine],
      [[], [], [], [], FAILING, [], RESTORED],
    ],
    ['a project that is fine needs no record', [fine, fine], [[], []]],
  ])('%s', (_rule, rows, told) => {
    expect(ticks(rows).told).toEqual(told);
  });

  it('is not made while all is fine, and forgets its trouble when it is over', () => {
    expect(ticks([fine, idle]).record).toBeUndefined();
    expect(ticks([down, fine]).record).not.toHaveProperty('failing');
    expect(ticks([down, down, down, fine]).record).not.toHaveProperty('failing');
  });

  it('is written by nothing that changes nothing', () => {
    const { record } = ticks([down, down, down]);
    for (const looks of [down, idle]) {
      expect(observeProject(record, judgeProject(looks), PROJECT, minute(9))).toBeUndefined();
    }
  });

  it('makes events about the project, not about a task', () => {
    const two = observeProject(undefined, judgeProject(down), PROJECT, minute(0));
    const more = observeProject(two?.record, judgeProject(down), PROJECT, minute(1));
    const { events } = found(observeProject(more?.record, judgeProject(down), PROJECT, minute(2)));
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
        summary: 'project prod (3 tasks): cannot be watched, 3 looks in a row failed (unreachable)',
      },
    });
    expect(events[0]?.data).not.toHaveProperty('task');
  });
});

const MINUTES = 60_000;
const KEY = 'fingerprint of the key';
const ENDPOINT = 'fingerprint of the endpoint';
const OURS: Fingerprints = { keyFingerprint: KEY, endpointFingerprint: ENDPOINT };
const OTHER_KEY: Fingerprints = { keyFingerprint: 'another key', endpointFingerprint: 'another way' };
const ELSEWHERE: Fingerprints = { ...OURS, endpointFingerprint: 'another endpoint' };

describe('how long a project rests', () => {
  /** Minutes of rest after each tick, with the refusals counted. */
  function rests(
    rows: readonly (readonly Look[])[],
    key = OURS,
    before?: Cooldown,
  ): [minutes: number, refusals: number][] {
    let rest = before;
    return rows.map((looks, index) => {
      rest = restAfter(rest, looks, key, minute(index));
      if (rest === undefined) return [0, 0];
      return [Math.max(0, Date.parse(rest.until) - minute(index).getTime()) / MINUTES, rest.refusals];
    });
  }
  const refusal = [refused(5 * MINUTES), resting];
  const good = [SEEN];

  it.each<[rule: string, rows: Look[][], rests: [number, number][]]>([
    [
      'a good tick needs none',
      [good, good],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'a failure that asks for none gets none',
      [[failed()], [refused()]],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'refusals of the key rest longer and longer from the third on, up to half an hour',
      Array.from({ length: 10 }, () => refusal),
      [
        [0, 1],
        [0, 2],
        [5, 3],
        [10, 4],
        [15, 5],
        [20, 6],
        [25, 7],
        [30, 8],
        [30, 9],
        [30, 10],
      ],
    ],
    ['many refusals in one tick count as one', [[refused(1), refused(1), refused(1)]], [[0, 1]]],
    [
      'an answer ends the row',
      [refusal, refusal, good, refusal],
      [
        [0, 1],
        [0, 2],
        [0, 0],
        [0, 1],
      ],
    ],
    [
      'a missing task is an answer',
      [refusal, refusal, [missing], refusal],
      [
        [0, 1],
        [0, 2],
        [0, 0],
        [0, 1],
      ],
    ],
    [
      'an unreachable service does not end the row',
      [refusal, refusal, [failed()], refusal],
      [
        [0, 1],
        [0, 2],
        [0, 2],
        [5, 3],
      ],
    ],
    [
      'a throttled tick does not end the row',
      [refusal, refusal, [throttled(MINUTES)], refusal],
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [5, 3],
      ],
    ],
    ['a throttled endpoint rests as long as it asks', [[throttled(2 * MINUTES), resting]], [[2, 0]]],
    [
      'the longest that is asked for counts',
      [[throttled(MINUTES), throttled(3 * MINUTES), throttled(2 * MINUTES)]],
      [[3, 0]],
    ],
    [
      'a rest that is over before the next tick is not remembered',
      [[throttled(999)], [throttled(1000)]],
      [
        [0, 0],
        [1 / 60, 0],
      ],
    ],
    [
      'a rest that cannot be read is none',
      [[throttled(Number.NaN)], [throttled(-1)], [throttled(0)]],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
  ])('%s', (_rule, rows, expected) => {
    expect(rests(rows)).toEqual(expected);
  });

  it('stays as it is while looks are skipped', () => {
    const rest: Cooldown = { until: minute(5).toISOString(), keyFingerprint: KEY, refusals: 3 };
    expect(restAfter(rest, [resting, resting], OURS, minute(1))).toBe(rest);
    expect(restAfter(rest, [], OURS, minute(1))).toBe(rest);
  });

  it('begins anew with another key', () => {
    const before: Cooldown = { until: minute(9).toISOString(), keyFingerprint: KEY, refusals: 7 };
    expect(rests([refusal, refusal, refusal], OTHER_KEY, before)).toEqual([
      [0, 1],
      [0, 2],
      [5, 3],
    ]);
  });

  it('never lets a refused key be tried more than five times in five minutes, one try a minute', () => {
    let rest: Cooldown | undefined;
    const tries: number[] = [];
    for (let now = 0; now < 24 * 60; now += 1) {
      if (isResting(rest, OURS, minute(now))) continue;
      tries.push(now);
      rest = restAfter(rest, refusal, OURS, minute(now));
    }
    expect(tries.length).toBeGreaterThan(40);
    for (const start of tries)
      expect(tries.filter((at) => at >= start && at < start + 5).length).toBeLessThanOrEqual(5);
  });
});

describe('a key that several projects use', () => {
  const mine: Look = {
    kind: 'failed',
    reason: 'not authorised',
    detail: 'HTTP 401 APIGW.0301: signature refused.',
    restMs: 5 * MINUTES,
    isKeyRefused: true,
  };
  const of = (refusals: number, more: Partial<Cooldown> = { endpointFingerprint: ENDPOINT }): Cooldown => ({
    until: minute(5).toISOString(),
    keyFingerprint: KEY,
    refusals,
    ...more,
  });

  it('is refused to all of them at one endpoint: the refusals are counted together', () => {
    const all = [of(4), of(6), of(9, { endpointFingerprint: 'another endpoint or key' }), of(8, {})];
    expect(restAfter(undefined, [mine], OURS, minute(0), all)).toEqual({
      until: minute(25).toISOString(),
      keyFingerprint: KEY,
      endpointFingerprint: ENDPOINT,
      refusals: 7,
    });
    expect(restAfter(undefined, [mine, SEEN], OURS, minute(0), all)?.refusals).toBe(1);
  });

  it('was refused to somebody long ago: that is in a row with nothing', () => {
    const [soon, late] = [minute(64), minute(65)];
    expect(restAfter(undefined, [mine], OURS, soon, [of(6)])?.refusals).toBe(7);
    expect(restAfter(undefined, [mine], OURS, late, [of(6)])?.refusals).toBe(1);
  });

  it('counts nothing for others where only a project is not its own', () => {
    expect(restAfter(undefined, [refused(5 * MINUTES)], OURS, minute(0), [of(6)])).toEqual({
      until: minute(0).toISOString(),
      keyFingerprint: KEY,
      refusals: 1,
    });
  });

  it.each<[rests: boolean, who: string, rest: Cooldown, Fingerprints]>([
    [true, 'all who use a refused key there', of(3), OURS],
    [false, 'who uses it at another endpoint', of(3), ELSEWHERE],
    [false, 'who uses another key', of(3), OTHER_KEY],
    [true, 'all at an endpoint that throttles', of(0, { endpointFingerprint: ENDPOINT }), OURS],
    [false, 'who uses the key at another endpoint', of(0, { endpointFingerprint: ENDPOINT }), ELSEWHERE],
    [false, 'other projects than the one that is not the key’s', of(3, {}), OURS],
  ])('rests (%s) for %s', (expected, _who, rest, fingerprints) => {
    expect(isResting(undefined, fingerprints, minute(4), [rest])).toBe(expected);
    expect(isResting(undefined, fingerprints, minute(5), [rest])).toBe(false);
  });

  it('rests at the endpoint that throttled it, as its own record says', () => {
    const rest = restAfter(undefined, [throttled(2 * MINUTES)], OURS, minute(0));
    expect(rest?.endpointFingerprint).toBe(ENDPOINT);
    expect(isResting(rest, OURS, minute(1))).toBe(true);
    expect(isResting(rest, ELSEWHERE, minute(1))).toBe(false);
  });
});

describe('a rest', () => {
  const rest: Cooldown = { until: minute(5).toISOString(), keyFingerprint: KEY, refusals: 3 };

  it.each<[string, boolean, Cooldown | undefined, Fingerprints, Date]>([
    ['holds until its end', true, rest, OURS, minute(4)],
    ['is over at its end', false, rest, OURS, minute(5)],
    ['is over after its end', false, rest, OURS, minute(6)],
    ['is not for another key', false, rest, OTHER_KEY, minute(4)],
    ['that does not exist holds nobody up', false, undefined, OURS, minute(4)],
    ['that a wrong clock made for years holds nobody up', false, rest, OURS, minute(-60 * 24 * 365)],
    ['that ends at no time holds nobody up', false, { ...rest, until: 'never' }, OURS, minute(4)],
  ])('%s', (_rule, expected, held, key, now) => {
    expect(isResting(held, key, now)).toBe(expected);
  });
});
