import { describe, expect, it } from 'vitest';
import type { NamedTasks } from '../../lib/events/event.ts';
import { mergeTaskLists } from '../../lib/language/format.ts';

function some(names: string, more = 0): NamedTasks {
  return { tasks: [...names].map((name) => ({ name })), more };
}

describe('tasks of two kinds as one list', () => {
  it.each([
    [some('ab'), some('c'), some('abc')],
    [some('ab'), some('cd'), some('abc', 1)],
    [some('abc', 4), some('de'), some('abc', 6)],
    [some('a'), some('bcd', 7), some('abc', 8)],
    [undefined, some('ab'), some('ab')],
    [some('ab'), undefined, some('ab')],
  ])('names the first three and counts all others: %j and %j', (first, second, both) => {
    expect(mergeTaskLists(first, second)).toStrictEqual(both);
  });
});
