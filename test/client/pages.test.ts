import { describe, expect, it } from 'vitest';
import { DcsError } from '../../lib/client/error.ts';
import { allOf, type Page } from '../../lib/client/pages.ts';

interface Task {
  readonly task_id: number;
}

function tasks(from: number, to: number): Task[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ task_id: from + i }));
}

/** Reads a list, and how often it was asked. */
async function readAll(
  read: (offset: number) => Page<Task>,
  offset = 0,
): Promise<{ ids: readonly number[]; asked: number }> {
  let asked = 0;
  const ids: number[] = [];
  const reading = async (at: number) => {
    asked += 1;
    return read(at);
  };
  for await (const { task_id } of allOf(reading, offset)) ids.push(task_id);
  return { ids, asked };
}

const ids = (to: number, from = 0) => tasks(from, to).map(({ task_id }) => task_id);

describe('a list that is read to its end', () => {
  it('ends where the count of all entries is reached', async () => {
    const read = (offset: number) => ({ count: 25, items: tasks(offset, Math.min(25, offset + 10)) });
    expect(await readAll(read)).toEqual({ ids: ids(25), asked: 3 });
    expect(await readAll(read, 7)).toEqual({ ids: ids(25, 7), asked: 2 });
  });

  it.each([undefined, 0])('goes on to an empty page where the count says nothing: %s', async (count) => {
    const read = (offset: number) => ({ count, items: tasks(offset, Math.min(25, offset + 10)) });
    expect(await readAll(read)).toEqual({ ids: ids(25), asked: 4 });
  });

  it('does not take the count of a page for that of the list', async () => {
    const read = (offset: number) => {
      const items = tasks(offset, Math.min(25, offset + 10));
      return { count: items.length, items };
    };
    expect(await readAll(read)).toEqual({ ids: ids(25), asked: 4 });
  });

  it('gives nothing twice, and ends, where the offset is ignored', async () => {
    expect(await readAll(() => ({ count: 3, items: tasks(0, 3) }))).toEqual({ ids: ids(3), asked: 2 });
  });

  it('gives a task once that changes between two pages, and every line without an id', async () => {
    const pages = [
      [
        { task_id: 1, status: 'a' },
        { task_id: 2, status: 'a' },
      ],
      [
        { task_id: 2, status: 'b' },
        { task_id: 3, status: 'a' },
      ],
      [],
    ];
    const statuses: unknown[] = [];
    const read = async (offset: number) => ({ count: undefined, items: pages[offset / 2] ?? [] });
    for await (const { task_id, status } of allOf(read, 0)) statuses.push(`${task_id}${status}`);
    expect(statuses).toEqual(['1a', '2a', '3a']);

    const lines: unknown[] = [];
    const log = [['x', 'x', null], ['x', 'y'], []];
    const readLog = async (offset: number) => ({
      count: undefined,
      items: log[offset === 0 ? 0 : offset === 3 ? 1 : 2] ?? [],
    });
    for await (const line of allOf(readLog, 0)) lines.push(line);
    expect(lines).toEqual(['x', 'x', null, 'y']);
  });

  it('ends where the service refuses to read behind the last entry, but not at the first page', async () => {
    const refused = new DcsError({ message: 'no', reason: 'refused', code: 'x' });
    const read = (offset: number) => {
      if (offset >= 3) throw refused;
      return { count: 3, items: tasks(offset, 3) };
    };
    expect(await readAll(read)).toEqual({ ids: ids(3), asked: 2 });
    await expect(readAll(read, 3)).rejects.toBe(refused);
  });

  it('fails as a whole where a further page cannot be read', async () => {
    const failure = new DcsError({ message: 'no', reason: 'unreachable', code: 'x' });
    const read = (offset: number) => {
      if (offset > 0) throw failure;
      return { count: 30, items: tasks(0, 10) };
    };
    await expect(readAll(read)).rejects.toBe(failure);
  });
});
