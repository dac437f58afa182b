import { describe, expect, it } from 'vitest';
import { baselineOf, fingerprintsIn, patternFingerprint } from '../../../lib/migration/discovery/baseline.ts';
import { discover, matcherOf } from '../../../lib/migration/discovery/discovery.ts';
import type { ListedTask } from '../../../lib/migration/model/enrichment.ts';
import type { Baseline } from '../../../lib/migration/model/state.ts';
import { plainId } from '../../../lib/migration/model/task-id.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { recordWith } from '../../support/records.ts';
import { detectAll, minute, seen } from '../support.ts';

const listed = (taskId: string, status?: string): ListedTask => ({
  taskId,
  ...(status !== undefined && { status }),
});
const knownAt = (status: string): StoredRecord => {
  const { record } = detectAll([seen(status)]);
  return record ?? newRecord(minute(0));
};

const ANY_NAME = patternFingerprint(undefined);
/** A discovery that began with an empty list. */
const EMPTY = baselineOf(ANY_NAME, []);

/** The ids to look at, those without news, and the baseline after a list. */
function discovered(
  tasks: readonly ListedTask[],
  before?: Baseline,
  records: Readonly<Record<string, StoredRecord>> = {},
  isDue = false,
  pattern = ANY_NAME,
) {
  const found = discover(tasks, {
    pattern,
    baseline: before,
    stateOf: (id) => (Object.hasOwn(records, id) ? records[id]?.state : undefined),
    isDue: () => isDue,
  });
  return {
    look: found.look.map(({ taskId }) => taskId),
    unchanged: found.unchanged.map(({ taskId }) => taskId),
    baseline: found.baseline,
  };
}

const ENDED = [
  'SUCCESS',
  'FAILED',
  'MIGRATION_FAILED',
  'ERROR',
  'TERMINATED',
  'RELEASED',
  'DELETED',
  'MIGRATION_SUCCESS',
];

describe('the first list of a discovery', () => {
  it.each(ENDED)('costs no look at a task that had ended before: %s', (status) => {
    const { look, unchanged, baseline } = discovered([listed('a', status)]);
    expect([look, unchanged]).toEqual([[], []]);
    expect(fingerprintsIn(baseline)).toHaveLength(1);
  });

  it.each(['RUNNING', 'FULLMIGRATING', 'INCRMIGRATING', 'TERMINATING', 'PAUSED', undefined])(
    'is worth a look at a task that has not ended: %s',
    (status) => {
      expect(discovered([listed('a', status)])).toEqual({ look: ['a'], unchanged: [], baseline: EMPTY });
    },
  );

  it('starts the discovery even if it is empty: a task that ends later is new', () => {
    const { baseline } = discovered([]);
    expect(baseline).toEqual(EMPTY);
    expect(discovered([listed('a', 'FAILED')], baseline).look).toEqual(['a']);
  });
});

describe('a later list of a discovery', () => {
  const { baseline } = discovered([listed('old', 'SUCCESS')]);

  it('leaves the baseline as it is while nothing changed', () => {
    const again = discovered([listed('old', 'SUCCESS')], baseline);
    expect(again.look).toEqual([]);
    expect(again.baseline).toBe(baseline);
  });

  it('takes a task out of the baseline when it runs again, and is worth a look at it', () => {
    const moving = discovered([listed('old', 'INCRMIGEATING')], baseline);
    expect([moving.look, fingerprintsIn(moving.baseline)]).toEqual([['old'], []]);
  });

  it('keeps a task in the baseline even if one list lacks it', () => {
    expect(discovered([], baseline).baseline).toBe(baseline);
    expect(discovered([listed('old', 'SUCCESS')], discovered([], baseline).baseline).look).toEqual([]);
  });

  it('is worth a look at a task that came and ended between two lists', () => {
    expect(discovered([listed('old', 'SUCCESS'), listed('new', 'FAILED')], baseline).look).toEqual(['new']);
  });

  it('is worth a look at a task until it was seen once', () => {
    const unseen = newRecord(minute(0));
    expect(discovered([listed('a', 'SUCCESS')], baseline, { a: unseen }).look).toEqual(['a']);
  });

  it.each<[string, string, string | undefined, boolean]>([
    ['has the known status', 'FULLMIGRATING', 'FULLMIGRATING', false],
    ['has another spelling of the status', 'INCRMIGEATING', 'INCRMIGRATING', false],
    ['has another status', 'FULLMIGRATING', 'FAILED', true],
    ['has no status', 'FULLMIGRATING', undefined, true],
    ['has another status for an ended task', 'SUCCESS', 'INCRMIGEATING', true],
    ['has another end', 'RELEASED', 'SUCCESS', false],
    ['has no status for an ended task', 'TERMINATED', undefined, false],
  ])('that %s is worth a look only for a new status: %s, %s', (_what, before, now, isNews) => {
    const { look, unchanged } = discovered([listed('a', now)], EMPTY, { a: knownAt(before) });
    expect([look, unchanged]).toEqual(isNews ? [['a'], []] : [[], ['a']]);
  });

  it('is worth a look at a known task that is due', () => {
    expect(
      discovered([listed('a', 'FULLMIGRATING')], EMPTY, { a: knownAt('FULLMIGRATING') }, true).look,
    ).toEqual(['a']);
  });
});

describe('a list after the pattern was changed', () => {
  it('is a first list: tasks that had ended by then join the baseline', () => {
    const { baseline } = discovered([listed('old', 'SUCCESS')]);
    const tasks = [listed('old', 'SUCCESS'), listed('other', 'FAILED'), listed('moving', 'FULLMIGRATING')];
    const other = patternFingerprint('prod-*');
    const begun = discovered(tasks, baseline, {}, false, other);
    expect(begun.look).toEqual(['moving']);
    expect(fingerprintsIn(begun.baseline)).toHaveLength(2);
    expect(discovered([listed('new', 'FAILED')], begun.baseline, {}, false, other).look).toEqual(['new']);
  });
});

describe('five thousand tasks in the baseline', () => {
  const tasks = Array.from({ length: 5000 }, (_, n) =>
    listed(`${n}`.padStart(32, 'a'), ENDED[n % ENDED.length]),
  );

  it('cost no look, now or later, and 60 kilobytes', () => {
    const first = discovered(tasks);
    expect(first.look).toEqual([]);
    expect(new Set(fingerprintsIn(first.baseline)).size).toBe(5000);
    expect(Buffer.byteLength(encodeRecord(recordWith(minute(0), { baseline: first.baseline })))).toBeLessThan(
      60_000,
    );
    expect(discovered(tasks.toReversed(), first.baseline)).toMatchObject({
      look: [],
      baseline: first.baseline,
    });
  });
});

describe('ids of tasks', () => {
  it('are the same with hyphens and without, in either case', () => {
    expect(plainId('8AA6999E-7d10-a4c2-017d-5b9e0f3377c5')).toBe('8aa6999e7d10a4c2017d5b9e0f3377c5');
    const { baseline } = discovered([listed('8aa6-99', 'SUCCESS')]);
    expect(discovered([listed('8AA699', 'SUCCESS')], baseline).look).toEqual([]);
  });
});

describe('a name pattern', () => {
  it.each<[string | undefined, string | undefined, boolean]>([
    [undefined, undefined, true],
    [undefined, 'orders', true],
    ['prod-*', 'prod-orders', true],
    ['prod-*', 'test-orders', false],
    ['prod-*', undefined, false],
    ['*', undefined, true],
    ['prod-?', 'prod-1', true],
    ['prod-?', 'prod-10', false],
  ])('%s matches a task called %s: %s', (name, taskName, isSo) => {
    const matches = matcherOf({ ...(name !== undefined && { name }), labels: {} });
    expect(matches({ taskId: 'a', ...(taskName !== undefined && { name: taskName }) })).toBe(isSo);
  });
});
