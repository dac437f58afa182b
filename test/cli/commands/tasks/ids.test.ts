import { describe, expect, it } from 'vitest';
import {
  beginningsOf,
  CHECK_TASK,
  isBeginning,
  type NamedTask,
  wholeId,
} from '../../../../lib/cli/commands/tasks/ids.ts';
import { DcsError } from '../../../../lib/client/error.ts';

const A = 'a276c1ffa0a54c2597fc824b917db317';
const B = 'a276c1ff00000000000000000000000f';
const C = '8aa6999e-7d10-a4c2-017d-5b9e0f3377c5';

function lister(ids: readonly string[]) {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    async *migrationTasks() {
      calls += 1;
      for (const id of ids) yield { task_id: id, task_name: `name of ${id}` };
    },
  };
}

/** The id of a task as it was typed, where the configuration names these tasks. */
function idOf(
  dcs: Parameters<typeof wholeId>[0],
  typed: string,
  named: readonly NamedTask[] = [],
): Promise<string> {
  return wholeId(dcs, typed, named);
}

describe('the beginning of an id', () => {
  it.each([
    [A, false],
    [A.slice(0, 31), true],
    ['a276', true],
    ['A276', true],
    ['a27', false],
    ['a2-7', false],
    ['8aa6999e-7d10', true],
    [C, false],
    ['task-1', false],
    ['a276c1fg', false],
    ['', false],
  ])('%s: %s', (id, expected) => {
    expect(isBeginning(id)).toBe(expected);
  });

  it('is as long as it takes to distinguish one from the others, eight characters at least', () => {
    expect([...beginningsOf([A, B, C])]).toEqual([
      [C, '8aa6999e'],
      [B, 'a276c1ff0'],
      [A, 'a276c1ffa'],
    ]);
    expect([...beginningsOf(['x'])]).toEqual([['x', 'x']]);
    expect([...beginningsOf(['abcdefghi', 'abcdefghij']).values()]).toEqual(['abcdefghi', 'abcdefghij']);
  });

  it('is cut where ids have more than twelve characters in common', () => {
    const [one, other] = [`${'a'.repeat(31)}1`, `${'a'.repeat(31)}2`];
    expect([...beginningsOf([one, other]).values()]).toEqual(['aaaaaaaaaaa…', 'aaaaaaaaaaa…']);
  });

  it('means the one task that begins so, with and without hyphens', async () => {
    expect(await idOf(lister([A, B, C]), '8aa69')).toBe(C);
    expect(await idOf(lister([A, B, C]), '8aa6999e7d')).toBe(C);
    expect(await idOf(lister([A, B, C]), 'a276c1ffa')).toBe(A);
  });

  it('is refused where several tasks begin so, with the names of all', async () => {
    await expect(idOf(lister([A, B, C]), 'a276')).rejects.toMatchObject({
      code: 'invalid_config',
      message: `command line: several tasks begin with a276: ${A}, ${B}`,
    });
  });

  it('stays as it was typed where no task begins so, or a task is called so', async () => {
    expect(await idOf(lister([A, B, C]), 'ffff')).toBe('ffff');
    expect(await idOf(lister(['abcde', 'abcd']), 'abcd')).toBe('abcd');
  });

  it.each(['', '  '])('is refused where nothing was typed: "%s"', async (typed) => {
    await expect(idOf(lister([A]), typed)).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'command line: expected the id or the name of a task',
    });
  });

  it('stays as it was typed where a task has that id, although another one has that name', async () => {
    expect(await idOf(lister(['orders', 'name of orders']), 'name of orders')).toBe('name of orders');
  });

  it('may be the name of a task, of the configuration before those of DCS', async () => {
    expect(await idOf(lister([A, B, C]), `name of ${B}`)).toBe(B);
    const named = lister([A, B, C]);
    expect(await idOf(named, 'orders cache', [{ id: A }, { id: C, name: 'orders cache' }])).toBe(C);
    expect(named.calls).toBe(0);
    expect(await idOf(lister([A, B, C]), 'nobody')).toBe('nobody');
    await expect(
      idOf(lister([]), 'cache', [
        { id: A, name: 'cache' },
        { id: C, name: 'cache' },
      ]),
    ).rejects.toMatchObject({ message: `command line: several tasks are called cache: ${A}, ${C}` });
  });

  it('stays as it was typed where the tasks cannot be listed, unless only the list can complete it', async () => {
    const refusing = {
      // biome-ignore lint/correctness/useYield: it is refused before the first.
      async *migrationTasks(): AsyncGenerator<never> {
        throw new DcsError({ message: 'refused', reason: 'not authorised', code: 'DCS.2007' });
      },
    };
    expect(await idOf(refusing, 'task-1')).toBe('task-1');
    await expect(idOf(refusing, 'a276')).rejects.toBeInstanceOf(DcsError);
  });

  it('costs no call where the id is whole', async () => {
    const all = lister([A]);
    expect(await idOf(all, A)).toBe(A);
    expect(all.calls).toBe(0);
  });
});

describe('the advice where DCS has no such task', () => {
  it('names the command that shows the tasks there are', () => {
    expect(CHECK_TASK).toMatch(/^Check the task id and its project: tasks list shows /);
  });
});
