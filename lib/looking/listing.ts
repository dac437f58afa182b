import { plainId } from '../migration/discovery.ts';
import type { Answer, ListedTask } from '../migration/neighbours.ts';

/** The list of a project's tasks: read at most once in a pass, and only when somebody asks. */
export interface Listing {
  read(): Promise<Answer<readonly ListedTask[]>>;
  /** What the list says of one task. */
  entryOf(taskId: string): Promise<Answer<ListedTask | 'absent'>>;
  /** How reading it ended; nothing while nobody has asked. */
  outcome(): Answer<unknown> | undefined;
}

export function createListing(list: () => Promise<Answer<readonly ListedTask[]>>): Listing {
  let reading: Promise<Answer<readonly ListedTask[]>> | undefined;
  let index: ReadonlyMap<string, ListedTask> | undefined;
  let ended: Answer<unknown> | undefined;

  const read = () => {
    reading ??= list().then((answer) => {
      ended = answer;
      if (answer.kind === 'known') index = new Map(answer.value.map((task) => [plainId(task.taskId), task]));
      return answer;
    });
    return reading;
  };
  return {
    read,
    async entryOf(taskId) {
      const answer = await read();
      if (answer.kind !== 'known') return answer;
      return { kind: 'known', value: index?.get(plainId(taskId)) ?? 'absent' };
    },
    outcome: () => ended,
  };
}
