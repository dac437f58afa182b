import { type EnvironmentCredentials, SOURCES } from './credentials.ts';
import { type Path, pathText } from './path.ts';
import { placeOf } from './place.ts';
import { type SketchedProject, sketchOf } from './sketch.ts';
import type { Value } from './yaml-tree.ts';

/** Something at a place of the file that does not go with the rest. */
export interface Disagreement {
  readonly path: Path;
  readonly message: string;
}

type Sketched = ReturnType<typeof sketchOf>;

/** Whether the parts of a file go together, whatever their form. */
export function disagreementsIn(value: Value, environment: EnvironmentCredentials): Disagreement[] {
  const { projects, channels } = sketchOf(value);
  return [
    ...projects.flatMap(unplaced),
    ...projects.flatMap((project) => withoutCredentials(project, environment)),
    ...repeatedNames(projects),
    ...repeatedTasks(projects),
    ...unknownProjects({ projects, channels }),
  ];
}

/** What is allowed but is most likely a mistake. */
export function doubtsAbout(value: Value, { found, halves }: EnvironmentCredentials): string[] {
  const { projects, channels } = sketchOf(value);
  const usesEnvironment = projects.some(({ credentials }) => credentials === undefined);
  return [
    ...(found !== undefined && usesEnvironment
      ? halves.map((half) => `${half}; another pair of variables is used`)
      : []),
    ...labelsOfNobody({ projects, channels }),
  ];
}

function unplaced(project: SketchedProject): Disagreement[] {
  const place = placeOf(project);
  return 'at' in place ? [{ path: ['projects', project.index, place.at], message: place.message }] : [];
}

function withoutCredentials(
  { credentials, index }: SketchedProject,
  { found, halves }: EnvironmentCredentials,
): Disagreement[] {
  if (credentials !== undefined || found !== undefined) return [];
  const hint = halves.map((half) => ` (${half})`).join('');
  return [{ path: ['projects', index, 'credentials'], message: `none found; tried: ${SOURCES}${hint}` }];
}

function repeatedNames(projects: readonly SketchedProject[]): Disagreement[] {
  return repeated(
    projects.map(({ id, name, index }) => ({
      key: name ?? id,
      path: ['projects', index, name === undefined ? 'id' : 'name'],
    })),
    (first) => `is what ${first} is called, too; give each project a name of its own`,
  );
}

function repeatedTasks(projects: readonly SketchedProject[]): Disagreement[] {
  const tasks = projects.flatMap(({ id, index, tasks }) =>
    tasks.map((task, i) => ({
      key: id === undefined || task.id === undefined ? undefined : `${id}/${task.id}`,
      path: ['projects', index, 'tasks', i],
    })),
  );
  return repeated(tasks, (first) => `is the same task as ${first}; each may be watched once`);
}

/** Every entry whose key was there before. */
function repeated(
  entries: readonly { readonly key: string | undefined; readonly path: Path }[],
  message: (first: string) => string,
): Disagreement[] {
  const seen = new Map<string, Path>();
  return entries.flatMap(({ key, path }) => {
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ path, message: message(pathText(first)) }];
    seen.set(key, path);
    return [];
  });
}

function unknownProjects({ projects, channels }: Sketched): Disagreement[] {
  const names = new Set(projects.flatMap(({ id, name }) => [id, name]));
  const message = 'expected the name or the id of one of the projects';
  return Object.entries(channels).flatMap(([channel, { when }]) =>
    when.projects.flatMap((wanted, i) =>
      names.has(wanted) ? [] : [{ path: ['channels', channel, 'when', 'projects', i], message }],
    ),
  );
}

function labelsOfNobody({ projects, channels }: Sketched): string[] {
  const tasks = projects.flatMap((project) => project.tasks);
  return Object.entries(channels).flatMap(([channel, { when }]) => {
    const wanted = Object.entries(when.labels);
    const somebody = tasks.some(({ labels }) =>
      wanted.every(([label, text]) => Object.hasOwn(labels, label) && labels[label] === text),
    );
    const path = pathText(['channels', channel, 'when', 'labels']);
    return wanted.length === 0 || somebody
      ? []
      : [`${path}: no task has these labels, so the channel gets nothing`];
  });
}
