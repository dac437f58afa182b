import { didYouMean } from '../../base/nearest.ts';
import { millisecondsIn } from '../../base/time/span.ts';
import type { LoadedTypes } from '../../channels/index.ts';
import { canBothFit } from '../../migration/discovery/glob.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { EnvironmentCredentials } from '../credentials.ts';
import { dcsEndpointOf } from '../endpoint.ts';
import { pathText } from '../path.ts';
import { DEFAULT_INTERVAL } from '../schema/settings.ts';
import { name } from '../schema/texts.ts';
import type { Value } from '../yaml/tree.ts';
import { capacityProblems } from './capacity.ts';
import { groupProblems } from './groups.ts';
import { type LenientConfig, type LenientProject, readLeniently } from './lenient.ts';
import { type ProblemAt, repeated } from './problem-at.ts';

/** Problems between the parts of a file. They are found even if other parts have the wrong form. */
export function consistencyProblems(
  value: Value,
  environment: EnvironmentCredentials,
  types: LoadedTypes,
): ProblemAt[] {
  const lenient = readLeniently(value);
  const { projects } = lenient;
  return [
    ...projects.flatMap(withoutEndpoint),
    ...projects.flatMap((project) => withoutCredentials(project, environment)),
    ...channelsWithoutKey(lenient, environment, types),
    ...projects.flatMap(withoutTasks),
    ...repeatedNames(projects),
    ...repeatedTasks(projects),
    ...discoveredTwice(projects),
    ...unknownProjects(lenient),
    ...unknownGroups(lenient),
    ...groupProblems(lenient),
    ...looksTooSeldom(lenient),
    ...capacityProblems(lenient),
  ];
}

function withoutEndpoint(project: LenientProject): ProblemAt[] {
  const endpoint = dcsEndpointOf(project);
  return 'at' in endpoint
    ? [{ path: ['projects', project.index, endpoint.at], message: endpoint.message }]
    : [];
}

function withoutCredentials(
  { credentials, index }: LenientProject,
  environment: EnvironmentCredentials,
): ProblemAt[] {
  if (credentials !== undefined || environment.found !== undefined) return [];
  return [{ path: ['projects', index, 'credentials'], message: noneFound(environment) }];
}

/** Channels of Huawei Cloud without a key, which may come from the same places as that of a project. */
function channelsWithoutKey(
  { channels }: LenientConfig,
  environment: EnvironmentCredentials,
  types: LoadedTypes,
): ProblemAt[] {
  if (environment.found !== undefined) return [];
  return Object.entries(channels).flatMap(([name, { type = '', credentials }]) =>
    credentials === undefined && types.get(type)?.needsHuaweiKey === true
      ? [{ path: ['channels', name, 'credentials'], message: noneFound(environment) }]
      : [],
  );
}

function noneFound({ sources, halves }: EnvironmentCredentials): string {
  return `none found; tried: ${sources}${halves.map((half) => ` (${half})`).join('')}`;
}

function withoutTasks({ index, tasks, discover }: LenientProject): ProblemAt[] {
  if (tasks.length > 0 || discover !== undefined) return [];
  return [{ path: ['projects', index, 'tasks'], message: 'expected at least one task, or discover: true' }];
}

function repeatedNames(projects: readonly LenientProject[]): ProblemAt[] {
  return repeated(
    projects.map(({ id, name, index }) => ({
      key: name ?? id,
      path: ['projects', index, name === undefined ? 'id' : 'name'],
    })),
    (first) => `is the same as ${first}; give each project a name of its own`,
  );
}

function repeatedTasks(projects: readonly LenientProject[]): ProblemAt[] {
  const tasks = projects.flatMap(({ id, index, tasks }) =>
    tasks.map((task, i) => ({
      key: id === undefined || task.id === undefined ? undefined : `${id}/${plainId(task.id)}`,
      path: ['projects', index, 'tasks', i],
    })),
  );
  return repeated(tasks, (first) => `is the same task as ${first}; list each task once`);
}

/** Entries of one project that could both find a task, which would then be looked at twice, under two names. */
function discoveredTwice(projects: readonly LenientProject[]): ProblemAt[] {
  return projects.flatMap((project, i) => {
    const first = projects.slice(0, i).find((earlier) => findTheSame(earlier, project));
    if (first === undefined) return [];
    const other = pathText(['projects', first.index, 'discover']);
    const message = `could find the same tasks as ${other}, of the same project; give each a name pattern (like prod-*) so that no task matches both`;
    return [{ path: ['projects', project.index, 'discover'], message }];
  });
}

function findTheSame(a: LenientProject, b: LenientProject): boolean {
  if (a.id === undefined || a.id !== b.id) return false;
  const [one, other] = [patternOf(a), patternOf(b)];
  return one !== undefined && other !== undefined && canBothFit(one, other);
}

function patternOf({ discover }: LenientProject): string | undefined {
  if (discover === undefined || discover.name === null) return undefined;
  return discover.name ?? '*';
}

function unknownProjects({ projects, channels }: LenientConfig): ProblemAt[] {
  const names = new Set(projects.flatMap(({ id, name }) => [id, name]));
  // An invalid name is never shown, because it may be a misplaced secret.
  const shown = projects.flatMap(({ name: own }) =>
    own !== undefined && name.safeParse(own).success ? [own] : [],
  );
  const message = (wanted: string) =>
    `${didYouMean(wanted, shown)}expected the name or the id of one of the projects`;
  return wantedOf(channels, 'projects').flatMap(({ wanted, path }) =>
    names.has(wanted) ? [] : [{ path, message: message(wanted) }],
  );
}

function unknownGroups({ groups, channels }: LenientConfig): ProblemAt[] {
  const message = (wanted: string) =>
    `${didYouMean(wanted, Object.keys(groups))}expected the name of one of the groups`;
  return wantedOf(channels, 'groups').flatMap(({ wanted, path }) =>
    Object.hasOwn(groups, wanted) ? [] : [{ path, message: message(wanted) }],
  );
}

/** Projects or groups in the filters of all channels, each with its path. */
function wantedOf(channels: LenientConfig['channels'], part: 'projects' | 'groups') {
  return Object.entries(channels).flatMap(([channel, { when }]) =>
    when[part].map((wanted, i) => ({ wanted, path: ['channels', channel, 'when', part, i] })),
  );
}

/** The problem of `lookEvery` that is not below the interval of ticks. */
function looksTooSeldom({
  settings: { interval = DEFAULT_INTERVAL, lookEvery = '' },
}: LenientConfig): ProblemAt[] {
  const [intervalMs, lookEveryMs] = [millisecondsIn(interval), millisecondsIn(lookEvery)];
  if (intervalMs === undefined || lookEveryMs === undefined || lookEveryMs < intervalMs) return [];
  const message = `expected less than the interval (${interval}), or no value: each tick looks once anyway`;
  return [{ path: ['settings', 'lookEvery'], message }];
}
