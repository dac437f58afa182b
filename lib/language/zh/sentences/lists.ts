import type { NamedTasks } from '../../../events/event.ts';

type Task = NamedTasks['tasks'][number];

/** As many names as a reader takes in, and of how many: `a、b、c 等 5 个`. More of them stand in the event. */
export function listed(some: NamedTasks, wordsOf: (task: Task) => string = nameOf): string {
  const words = some.tasks.map(wordsOf).join('、');
  return some.more > 0 ? `${spaced(words)}等 ${sizeOf(some)} 个` : words;
}

/** Names behind the number of all: `a、b、c 等`. */
export function listedOfAll(some: NamedTasks): string {
  const words = some.tasks.map(nameOf).join('、');
  return some.more > 0 ? `${spaced(words)}等` : words;
}

/** Names in front of a verb. */
export function listedBefore(some: NamedTasks): string {
  return some.more > 0 ? listed(some) : spaced(listed(some));
}

/** A blank stands between a name and a Chinese word, but none behind a full-width sign. */
function spaced(words: string): string {
  return words.endsWith('）') ? words : `${words} `;
}

function nameOf({ name }: Task): string {
  return name;
}

export function sizeOf({ tasks, more }: NamedTasks): number {
  return tasks.length + more;
}
