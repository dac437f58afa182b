import { describe, expect, it } from 'vitest';
import { marksIn, pastOf, soughtBy } from '../../../lib/migration/discovery/baseline.ts';
import { discover, matcherOf } from '../../../lib/migration/discovery/discovery.ts';
import type { ListedTask } from '../../../lib/migration/model/enrichment.ts';
import { type Baseline, newRecord, type WatchRecord } from '../../../lib/migration/model/state.ts';
import { plainId } from '../../../lib/migration/model/task-id.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { course, minute, seen } from '../support.ts';

const listed = (taskId: string, status?: string): ListedTask => ({
  taskId,
  ...(status !== undefined && { status }),
});
const knownAt = (status: string): WatchRecord => {
  const { record } = course([seen(status)]);
  return record ?? newRecord(minute(0));
};

const SOUGHT = soughtBy(undefined);
/** A discovery that had begun when nothing was there. */
const NOTHING = pastOf(SOUGHT, []);

/** What is looked at, and what is remembered of the past. */
function discovered(
  tasks: readonly ListedTask[],
  past?: Baseline,
  records: Readonly<Record<string, WatchRecord>> = {},
  isDue = false,
  sought = SOUGHT,
) {
  const found = discover(tasks, {
    sought,
    past,
    recordOf: (id) => (Object.hasOwn(records, id) ? records[id] : undefined),
    isDue: () => isDue,
  });
  return {
    look: found.look.map(({ taskId }) => taskId),
    rest: found.rest.map(({ taskId }) => taskId),
    past: found.past,
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

describe('the first list', () => {
  it.each(ENDED)('leaves alone what had ended before: %s', (status) => {
    const { look, rest, past } = discovered([listed('a', status)]);
    expect([look, rest]).toEqual([[], []]);
    expect(marksIn(past)).toHaveLength(1);
  });

  it.each(['RUNNING', 'FULLMIGRATING', 'INCRMIGRATING', 'TERMINATING', 'PAUSED', undefined])(
    'shows what is not over: %s',
    (status) => {
      expect(discovered([listed('a', status)])).toEqual({ look: ['a'], rest: [], past: NOTHING });
    },
  );

  it('that is empty is a beginning, too: what ends later is news', () => {
    const { past } = discovered([]);
    expect(past).toEqual(NOTHING);
    expect(discovered([listed('a', 'FAILED')], past).look).toEqual(['a']);
  });
});

describe('a later list', () => {
  const { past } = discovered([listed('old', 'SUCCESS')]);

  it('leaves alone what it left alone, and remembers it in the same words', () => {
    const again = discovered([listed('old', 'SUCCESS')], past);
    expect(again.look).toEqual([]);
    expect(again.past).toBe(past);
  });

  it('shows a task of the past that moves again, and forgets that it was of the past', () => {
    const moving = discovered([listed('old', 'INCRMIGEATING')], past);
    expect([moving.look, marksIn(moving.past)]).toEqual([['old'], []]);
  });

  it('keeps in mind what is of the past though it is not listed: a list can lack a task once', () => {
    expect(discovered([], past).past).toBe(past);
    expect(discovered([listed('old', 'SUCCESS')], discovered([], past).past).look).toEqual([]);
  });

  it('shows a task that came and ended between two lists', () => {
    expect(discovered([listed('old', 'SUCCESS'), listed('new', 'FAILED')], past).look).toEqual(['new']);
  });

  it('shows what was looked at in vain, until it has been seen', () => {
    const unseen = newRecord(minute(0));
    expect(discovered([listed('a', 'SUCCESS')], past, { a: unseen }).look).toEqual(['a']);
  });

  it.each<[string, string, string | undefined, boolean]>([
    ['says what is known', 'FULLMIGRATING', 'FULLMIGRATING', false],
    ['spells it in another way', 'INCRMIGEATING', 'INCRMIGRATING', false],
    ['says something else', 'FULLMIGRATING', 'FAILED', true],
    ['says nothing', 'FULLMIGRATING', undefined, true],
    ['says something else of what has ended', 'SUCCESS', 'INCRMIGEATING', true],
    ['has another word for an end', 'RELEASED', 'SUCCESS', false],
    ['says nothing of what has ended', 'TERMINATED', undefined, false],
  ])('that %s is worth a look only if that is news: %s, %s', (_what, before, now, isNews) => {
    const { look, rest } = discovered([listed('a', now)], NOTHING, { a: knownAt(before) });
    expect([look, rest]).toEqual(isNews ? [['a'], []] : [[], ['a']]);
  });

  it('shows what is due, though it is known', () => {
    expect(
      discovered([listed('a', 'FULLMIGRATING')], NOTHING, { a: knownAt('FULLMIGRATING') }, true).look,
    ).toEqual(['a']);
  });
});

describe('a list that is searched for another name', () => {
  it('is a first one: what had ended by then is of the past, beside what was', () => {
    const { past } = discovered([listed('old', 'SUCCESS')]);
    const tasks = [listed('old', 'SUCCESS'), listed('other', 'FAILED'), listed('moving', 'FULLMIGRATING')];
    const other = soughtBy('prod-*');
    const begun = discovered(tasks, past, {}, false, other);
    expect(begun.look).toEqual(['moving']);
    expect(marksIn(begun.past)).toHaveLength(2);
    expect(discovered([listed('new', 'FAILED')], begun.past, {}, false, other).look).toEqual(['new']);
  });
});

describe('five thousand tasks that ended before', () => {
  const tasks = Array.from({ length: 5000 }, (_, n) =>
    listed(`${n}`.padStart(32, 'a'), ENDED[n % ENDED.length]),
  );

  it('cost no look, now and later, and 60 kilobytes', () => {
    const first = discovered(tasks);
    expect(first.look).toEqual([]);
    expect(new Set(marksIn(first.past)).size).toBe(5000);
    expect(Buffer.byteLength(encodeRecord({ ...newRecord(minute(0)), baseline: first.past }))).toBeLessThan(
      60_000,
    );
    expect(discovered(tasks.toReversed(), first.past)).toMatchObject({ look: [], past: first.past });
  });
});

describe('ids', () => {
  it('are the same with hyphens and without, in either case', () => {
    expect(plainId('8AA6999E-7d10-a4c2-017d-5b9e0f3377c5')).toBe('8aa6999e7d10a4c2017d5b9e0f3377c5');
    const { past } = discovered([listed('8aa6-99', 'SUCCESS')]);
    expect(discovered([listed('8AA699', 'SUCCESS')], past).look).toEqual([]);
  });
});

describe('a name that is looked for', () => {
  it.each<[string | undefined, string | undefined, boolean]>([
    [undefined, undefined, true],
    [undefined, 'orders', true],
    ['prod-*', 'prod-orders', true],
    ['prod-*', 'test-orders', false],
    ['prod-*', undefined, false],
    ['*', undefined, true],
    ['prod-?', 'prod-1', true],
    ['prod-?', 'prod-10', false],
  ])('%s fits a task called %s: %s', (name, taskName, isSo) => {
    const matches = matcherOf({ ...(name !== undefined && { name }), labels: {} });
    expect(matches({ taskId: 'a', ...(taskName !== undefined && { name: taskName }) })).toBe(isSo);
  });
});
