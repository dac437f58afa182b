import { plainId } from '../../migration/model/task-id.ts';
import type { LenientConfig, LenientProject } from './lenient.ts';
import { type ProblemAt, repeated } from './problem-at.ts';

type LenientGroup = LenientConfig['groups'][string];
type Named = readonly [name: string, group: LenientGroup];

/** Problems of groups, alone and in relation to the watched tasks. */
export function groupProblems({ groups, projects }: LenientConfig): ProblemAt[] {
  const named = Object.entries(groups);
  return [
    ...named.flatMap(wrongMembers),
    ...named.flatMap(membersTwice),
    ...unwatchedMembers(named, projects),
  ];
}

function wrongMembers([name, { tasks, labels }]: Named): ProblemAt[] {
  if (tasks === undefined && labels === undefined) {
    const message = 'expected tasks (a list of ids) or labels, to say which tasks belong to it';
    return [{ path: ['groups', name], message }];
  }
  if (tasks === undefined || labels === undefined) return [];
  const message = 'expected either tasks or labels, not both; use a second group for the others';
  return [{ path: ['groups', name, 'labels'], message }];
}

function membersTwice([name, { tasks = [] }]: Named): ProblemAt[] {
  const entries = tasks.map((id, i) => ({ key: id && plainId(id), path: ['groups', name, 'tasks', i] }));
  return repeated(entries, (first) => `is the same task as ${first}`);
}

/** Members that no project watches. With discovered or unreadable tasks, every task may be watched. */
function unwatchedMembers(groups: readonly Named[], projects: readonly LenientProject[]): ProblemAt[] {
  const watched = new Set(projects.flatMap(({ tasks }) => tasks.map(({ id }) => id && plainId(id))));
  if (watched.has(undefined) || projects.some(({ discover }) => discover !== undefined)) return [];
  const message = 'no project watches this task; add it to its project as well';
  return groups.flatMap(([name, { tasks = [] }]) =>
    tasks.flatMap((id, i) =>
      id === undefined || watched.has(plainId(id)) ? [] : [{ path: ['groups', name, 'tasks', i], message }],
    ),
  );
}
