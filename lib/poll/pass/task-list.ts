import type { CallResult, ListedTask } from '../../migration/model/enrichment.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Trust } from '../target.ts';

type ListAnswer = CallResult<readonly ListedTask[]>;

/** The list of a project's tasks: read at most once in a pass, and only when it is needed. */
export interface TaskList {
  /** All tasks. A task that is not in the answer does not exist. */
  read(): Promise<ListAnswer>;
  /** The row of one task. A row that is found counts even in an incomplete list. */
  entryOf(taskId: string): Promise<CallResult<ListedTask | 'absent'>>;
  /** The outcome of reading the list; nothing if it was not read. */
  outcome(): CallResult<unknown> | undefined;
}

/** @param list reads the list */
export function createTaskList(list: (trust: Trust) => Promise<ListAnswer>): TaskList {
  const readings = new Map<Trust, Promise<Indexed>>();
  let ended: ListAnswer | undefined;

  const readAs = (trust: Trust): Promise<Indexed> => {
    const known = readings.get(trust);
    if (known !== undefined) return known;
    const reading = list(trust).then((answer) => {
      ended = answer;
      return { answer, index: indexOf(answer) };
    });
    readings.set(trust, reading);
    return reading;
  };

  return {
    read: async () => (await readAs('proven')).answer,
    async entryOf(taskId) {
      const id = plainId(taskId);
      if (!readings.has('proven')) {
        const { answer, index } = await readAs('as counted');
        if (answer.kind !== 'known') return answer;
        const entry = index.get(id);
        if (entry !== undefined) return { kind: 'known', value: entry };
      }
      const { answer, index } = await readAs('proven');
      return answer.kind === 'known' ? { kind: 'known', value: index.get(id) ?? 'absent' } : answer;
    },
    outcome: () => ended,
  };
}

interface Indexed {
  readonly answer: ListAnswer;
  readonly index: ReadonlyMap<string, ListedTask>;
}

function indexOf(answer: ListAnswer): ReadonlyMap<string, ListedTask> {
  const tasks = answer.kind === 'known' ? answer.value : [];
  return new Map(tasks.map((task) => [plainId(task.taskId), task]));
}
