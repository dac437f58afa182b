import { didYouMean } from '../base/nearest.ts';
import { printable } from '../base/text.ts';
import type { MuteTarget } from '../records/mutes.ts';
import type { MuteScope } from '../records/record.ts';
import type { Status } from '../status/status.ts';
import { findTasks } from '../status/task/find-task.ts';

/** The subject that somebody means, or why it cannot be muted. */
export type FoundSubject =
  | { readonly kind: 'found'; readonly subject: MuteTarget }
  | { readonly kind: 'refused'; readonly problem: string };

/** @param wanted the id or the name of a task or project, the name of a group or channel */
export function findSubject(scope: MuteScope, wanted: string, status: Status): FoundSubject {
  return FINDERS[scope](wanted, status);
}

type Finder = (wanted: string, status: Status) => FoundSubject;

const FINDERS: Readonly<Record<MuteScope, Finder>> = {
  task: findTask,
  group: (wanted, { groups }) => named('group', wanted, groups),
  project: findProject,
  channel: findChannel,
};

function findTask(wanted: string, { tasks }: Status): FoundSubject {
  const found = findTasks(tasks, wanted);
  if (found.kind === 'unknown') {
    const hint = found.meant === undefined ? '' : ` (did you mean ${printable(found.meant)}?)`;
    return refused(`neither the configuration nor the state has a task ${printable(wanted)}${hint}`);
  }
  const [first, ...others] = found.tasks;
  if (first === undefined || others.length > 0) {
    const ids = found.tasks.map(({ id }) => id).join(', ');
    return refused(`several tasks are called ${printable(wanted)}; name one by its id: ${ids}`);
  }
  return { kind: 'found', subject: { scope: 'task', target: first.id, name: first.name ?? first.id } };
}

/** Several entries of the configuration may be for one project: a mute is about the project. */
function findProject(wanted: string, { projects }: Status): FoundSubject {
  const project = projects.find(({ id, name }) => name === wanted || id === wanted);
  if (project === undefined) return unknown('project', wanted, namesOf(projects));
  return { kind: 'found', subject: { scope: 'project', target: project.id, name: project.name } };
}

function findChannel(wanted: string, { channels }: Status): FoundSubject {
  const channel = channels.find(({ name }) => name === wanted);
  if (channel?.audience !== 'programs') return named('channel', wanted, channels);
  return refused(`channel ${wanted} (${channel.type}) is for programs, and programs are never muted`);
}

interface Named {
  readonly name: string;
}

function named(scope: MuteScope, wanted: string, all: readonly Named[]): FoundSubject {
  return all.some(({ name }) => name === wanted)
    ? { kind: 'found', subject: { scope, target: wanted, name: wanted } }
    : unknown(scope, wanted, namesOf(all));
}

function namesOf(all: readonly Named[]): string[] {
  return all.map(({ name }) => name);
}

function unknown(scope: MuteScope, wanted: string, names: readonly string[]): FoundSubject {
  const has = names.length === 0 ? 'it has none' : `${didYouMean(wanted, names)}it has ${names.join(', ')}`;
  return refused(`the configuration has no ${scope} ${printable(wanted)}; ${has}`);
}

function refused(problem: string): FoundSubject {
  return { kind: 'refused', problem };
}
