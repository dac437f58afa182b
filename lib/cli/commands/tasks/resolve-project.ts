import { defined } from '../../../base/defined.ts';
import { didYouMean } from '../../../base/nearest.ts';
import { credentialsIn, VARIABLE_SOURCES } from '../../../config/credentials.ts';
import { dcsEndpointOf } from '../../../config/endpoint.ts';
import { ConfigError } from '../../../config/errors.ts';
import type { Config, ProjectConfig } from '../../../config/schema/file.ts';
import { CONFIG_FILES, findConfig, readConfig } from '../../../config/source.ts';
import type { DcsAccess } from '../../../dcs/client.ts';
import { type Proxies, readProxies } from '../../../http/proxies.ts';
import type { Credentials } from '../../../huawei/signer.ts';
import { plainId } from '../../../migration/model/task-id.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../migration/model/thresholds.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { CHECK_TASK, isBeginning, type NamedTask } from './ids.ts';
import type { ProjectOptions } from './options.ts';

/** A project that a command line names, and what its configuration says beside. */
export interface ResolvedProject {
  readonly access: DcsAccess;
  /** The project's name for people. */
  readonly name: string;
  readonly proxies?: Proxies;
  readonly thresholds: Thresholds;
  /** Those that the configuration names. */
  readonly tasks: readonly NamedTask[];
  /** Absent without a configuration. */
  readonly timeZone?: string;
}

/**
 * The project of a command line: with `--region` or `--endpoint` by its options and the key of the environment alone, else
 * the one of the configuration.
 *
 * @param taskId the task that is asked for: of several projects, the one that names it
 * @throws {ConfigError}
 */
export async function resolveProject(
  options: ProjectOptions,
  terminal: Terminal,
  taskId?: string,
): Promise<ResolvedProject> {
  const { region, endpoint } = options;
  if (region !== undefined || endpoint !== undefined) return namedHere(options, terminal);
  const { env, cwd } = terminal;
  const found = findConfig({ option: options.config, env, cwd });
  if (found === undefined) {
    throw new ConfigError(
      'no_config',
      `command line: which project? Name it with --region (or --endpoint) and --project-id, or a configuration with --config: there is no ${CONFIG_FILES.join(' or ')} in ${cwd}`,
    );
  }
  const config = await readConfig(found, env);
  const { halves } = credentialsIn(env);
  for (const line of config.warnings)
    if (halves.some((half) => line.startsWith(half))) terminal.complain(line);
  return reachIn(config, projectIn(config, options, taskId), options);
}

/** As in a configuration. */
const ID = /^[A-Za-z0-9-]{1,64}$/;

function namedHere(options: ProjectOptions, { env, complain }: Terminal): ResolvedProject {
  const { projectId = '', allowInsecure } = options;
  const found = dcsEndpointOf(options);
  if ('message' in found) throw wrong(`--${found.at} ${forCommandLine(found.message)}`);
  if (projectId === '') throw wrong('--project-id is missing: expected the id of a project');
  if (!ID.test(projectId)) throw wrong('--project-id: expected letters, digits and hyphens, at most 64');
  const { region, endpoint } = found;
  const { proxies, problems } = readProxies(env);
  const [problem] = problems;
  if (problem !== undefined) throw new ConfigError('invalid_config', problem);
  const credentials = keyIn(env, complain);
  const access = { region, endpoint, projectId, credentials, allowInsecure };
  return defined({ access, name: access.projectId, proxies, tasks: [], thresholds: DEFAULT_THRESHOLDS });
}

/** A pair of which one half is missing may be the one that was meant. */
function keyIn(env: Terminal['env'], complain: Terminal['complain']): Credentials {
  const { found, halves } = credentialsIn(env);
  if (found !== undefined) {
    for (const half of halves) complain(`${half}; another pair of variables is used`);
    return found;
  }
  const half = halves.map((words) => ` (${words})`).join('');
  throw new ConfigError(
    'invalid_config',
    `there is no access key in the environment; tried: ${VARIABLE_SOURCES}${half}`,
  );
}

/** A project may stand in several entries, with other tasks in each: they are reached in the same way. */
function projectIn(
  { projects }: Config,
  { project: name, projectId: id }: ProjectOptions,
  taskId: string | undefined,
): ProjectConfig {
  const names = projects.map((entry) => entry.name);
  const named = projects.filter(
    (entry) => (name === undefined || entry.name === name) && (id === undefined || entry.id === id),
  );
  const [first] = named;
  if (first === undefined) {
    const typed = name === undefined ? `with the id ${id}` : name;
    const hint = name === undefined ? '' : didYouMean(name, names);
    throw wrong(`there is no project ${typed} in the configuration; ${hint}it has ${names.join(', ')}`);
  }
  const found = onlyOne(named) ?? onlyOne(named.filter((entry) => hasTask(entry, taskId)));
  if (found !== undefined) return found;
  throw wrong(`which project? Name it with --project: ${names.join(', ')}`);
}

function onlyOne(entries: readonly ProjectConfig[]): ProjectConfig | undefined {
  const [first] = entries;
  return new Set(entries.map(({ id }) => id)).size === 1 ? first : undefined;
}

function hasTask({ tasks }: ProjectConfig, taskId: string | undefined): boolean {
  if (taskId === undefined) return false;
  const wanted = plainId(taskId);
  const isWanted = (id: string) => (isBeginning(taskId) ? id.startsWith(wanted) : id === wanted);
  return tasks.some(({ id, name }) => name === taskId || isWanted(plainId(id)));
}

function reachIn(
  { settings, proxies }: Config,
  project: ProjectConfig,
  { allowInsecure }: ProjectOptions,
): ResolvedProject {
  const { id, region, endpoint, credentials, name, tasks } = project;
  const insecure = allowInsecure || project.allowInsecure;
  const access = { region, endpoint, credentials, projectId: id, allowInsecure: insecure };
  const { thresholds, timeZone } = settings;
  return defined({ access, name, proxies, tasks, thresholds, timeZone });
}

function wrong(problem: string): ConfigError {
  return new ConfigError('invalid_config', `command line: ${problem}`);
}

/** Advice of the configuration, in the words of the command line. */
export function forCommandLine(words: string): string {
  return words
    .replace('set allowInsecure: true to permit it', '--allow-insecure permits it')
    .replace('set allowInsecure: true on the project', 'add --allow-insecure')
    .replace('Check the task id and its project.', CHECK_TASK)
    .replace('endpoint: https://…', '--endpoint https://…');
}
