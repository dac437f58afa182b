import { defined } from '../base/defined.ts';
import { certificateWarning } from '../channels/client-certificate.ts';
import { type ChannelConfig, channelWarning } from '../channels/index.ts';
import { readProxies } from '../http/proxies.ts';
import type { Credentials } from '../huawei/signer.ts';
import type { Discover } from '../migration/discovery/discovery.ts';
import { channelProblems, typesIn } from './checks/channels.ts';
import { consistencyProblems } from './checks/consistency.ts';
import { placeholdersIn } from './checks/placeholders.ts';
import { plainSecretsIn } from './checks/plain-secrets.ts';
import type { ProblemAt } from './checks/problem-at.ts';
import { checkShape } from './checks/shape.ts';
import { warningsAbout } from './checks/warnings.ts';
import { credentialsIn, type PlatformKeys } from './credentials.ts';
import { type DcsEndpoint, dcsEndpointOf, isOfHuawei } from './endpoint.ts';
import { ConfigError, type Problem, refusal } from './errors.ts';
import { type Path, pathText } from './path.ts';
import { type Filled, type Sources, substitute } from './references/references.ts';
import {
  type Config,
  type ConfigFile,
  fileSchemaOf,
  type ProjectConfig,
  type TaskConfig,
} from './schema/file.ts';
import { CONSOLE_OF_HUAWEI, settingsOf } from './schema/settings.ts';
import { isSettings, type Value } from './yaml/tree.ts';
import { readYaml, type Source } from './yaml/yaml.ts';

export interface LoadInput extends Sources {
  readonly text: string;
  /** How the file is called in messages. */
  readonly file: string;
  /** Only the channels are needed: whatever the file says of projects and groups is ignored, keys included. */
  readonly channelsOnly?: boolean;
  /** The last of the sources of credentials. */
  readonly keys?: PlatformKeys | undefined;
  /** Milliseconds since the epoch; certificates are warned about in time. */
  readonly now?: () => number;
}

const EMPTY = 'it is empty; see watch.example.yml for an example';
/** More problems than anybody mends in one go; to find the line of each takes a search through the file. */
const MOST_PROBLEMS = 500;
/** Stands where the file's own projects are ignored. */
const NO_PROJECT = { id: 'ignored', region: 'ignored', tasks: ['ignored'] };

/**
 * Makes a configuration of a text, or refuses it as a whole. Reads nothing but the environment, the parameters and the
 * files that the text refers to.
 *
 * @throws {ConfigError} `invalid_config` with all problems, each with its path, its line and what was expected, and
 *   none with a value that could be secret
 */
export async function loadConfig(input: LoadInput): Promise<Config> {
  const { channelsOnly = false, now = Date.now } = input;
  const { refused, file, filled, environment, proxies, types } = await examine(input);
  if (file === undefined || refused !== undefined) throw refused ?? new TypeError('nothing was refused');

  return defined({
    projects: channelsOnly
      ? []
      : file.projects.map((project) => projectConfig(project, environment.found, file.settings.consoleUrl)),
    channels: Object.fromEntries(
      Object.entries(file.channels).map(([name, channel]) => [name, channelConfig(channel, file.projects)]),
    ),
    groups: Object.fromEntries(Object.entries(file.groups).map(([name, group]) => [name, defined(group)])),
    settings: settingsOf(file.settings),
    credentials: environment.found,
    proxies,
    warnings: channelsOnly
      ? []
      : [
          ...warningsAbout(filled.value, environment, types),
          ...(await channelWarnings(file.channels)),
          ...certificateWarnings(file.channels, now()),
        ],
  });
}

/**
 * Why a configuration would be refused where it is to run; nothing if it would not, as far as can be known here.
 *
 * @param input.mayHoldSecrets else those that stand in the file itself are refused
 */
export async function refusalFor(
  input: LoadInput & { readonly mayHoldSecrets: boolean },
): Promise<ConfigError | undefined> {
  try {
    return (await examine(input)).refused;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Everything that is wrong, in one. @throws {ConfigError} when nothing can be made out of the text */
async function examine({
  text,
  file: name,
  channelsOnly = false,
  mayHoldSecrets = true,
  keys,
  ...sources
}: LoadInput & { readonly mayHoldSecrets?: boolean }) {
  const source = readYaml(text);
  if (source.value === undefined) throw refusal(name, source.problems);
  if (source.value === null) throw refusal(name, [{ path: '', message: EMPTY }]);

  const filled = await substitute(channelsOnly ? withoutProjects(source.value) : source.value, sources);
  const environment = credentialsIn(sources.env, keys);
  const types = await typesIn(filled.value);
  const { file, problems: ofShape } = checkShape(filled.value, fileSchemaOf(types));
  // A part of the wrong form cannot agree with anything; a text that could not be filled is empty, and that is nearly
  // everywhere a problem of its own.
  const inconsistencies = channelsOnly ? [] : consistencyProblems(filled.value, environment, types);
  const unfilled = placeholdersIn(filled.value);
  const ofForm = [...unfilled, ...without(unfilled, ofShape)];
  const formal = [...ofForm, ...without(ofForm, await channelProblems(filled.value, source.value, types))];
  const problems = [...formal, ...without(formal, inconsistencies)];
  const plain = mayHoldSecrets ? [] : plainSecretsIn(source.value, types);
  const here = [
    ...filled.failures,
    ...plain,
    ...withoutConsequences(filled, problems).map(withReason(filled)),
  ];
  const { proxies, problems: ofProxies } = readProxies(sources.env);
  const ofEnvironment = ofProxies.map((message) => ({ path: '', message }));
  const all = [...source.problems, ...located(here.slice(0, MOST_PROBLEMS), source), ...ofEnvironment];
  const untold = Math.max(0, here.length - MOST_PROBLEMS);
  const refused = all.length > 0 ? refusal(name, all, untold) : undefined;
  return { refused, file, filled, environment, proxies, types };
}

function withoutProjects(value: Value): Value {
  return isSettings(value) ? { ...value, projects: [NO_PROJECT], groups: {} } : value;
}

async function channelWarnings(channels: ConfigFile['channels']): Promise<string[]> {
  const all = await Promise.all(
    Object.entries(channels).map(async ([name, channel]) => ({ name, found: await channelWarning(channel) })),
  );
  return all.flatMap(({ name, found }) =>
    found === undefined ? [] : [`${pathText(['channels', name, found.setting])}: ${found.message}`],
  );
}

function certificateWarnings(channels: ConfigFile['channels'], now: number): string[] {
  return Object.entries(channels).flatMap(([name, channel]) => {
    const certificate = channel.type === 'webhook' ? channel.clientCertificate : undefined;
    const warning = certificate && certificateWarning(certificate, now);
    const path = pathText(['channels', name, 'clientCertificate', 'cert']);
    return warning === undefined ? [] : [`${path}: ${warning}`];
  });
}

/** The problems that stand where none of the others does. */
function without(others: readonly ProblemAt[], problems: readonly ProblemAt[]): ProblemAt[] {
  const taken = new Set(others.map(({ path }) => JSON.stringify(path)));
  return problems.filter(({ path }) => !taken.has(JSON.stringify(path)));
}

/** The problems that stand neither where something could not be filled nor below it: those are its consequences. */
function withoutConsequences({ failures, later }: Filled, problems: readonly ProblemAt[]): ProblemAt[] {
  const failed = new Set([...failures, ...later].map(({ path }) => JSON.stringify(path)));
  const isBelow = (path: Path) => path.some((_, i) => failed.has(JSON.stringify(path.slice(0, i + 1))));
  return problems.filter(({ path }) => !isBelow(path));
}

/** A text that is empty because its variable is names the variable: that is to be mended. */
function withReason({ empty }: Filled): (problem: ProblemAt) => ProblemAt {
  const variables = new Map(empty.map(({ path, variable }) => [JSON.stringify(path), variable]));
  return ({ path, message }) => {
    const variable = variables.get(JSON.stringify(path));
    const reason = variable === undefined ? '' : ` (the environment variable ${variable} is empty)`;
    return { path, message: `${message}${reason}` };
  };
}

function located(problems: readonly ProblemAt[], source: Source): Problem[] {
  return problems.map(({ path, message }) => ({ path: pathText(path), line: source.lineOf(path), message }));
}

type FileProject = ConfigFile['projects'][number];

function projectConfig(
  project: FileProject,
  fallback: Credentials | undefined,
  console: string | undefined,
): ProjectConfig {
  const { id, name = id, allowInsecure, tasks, discover } = project;
  const endpoint = dcsEndpointOf(project);
  const credentials =
    project.credentials === undefined ? fallback : defined<Credentials>(project.credentials);
  if ('at' in endpoint || credentials === undefined) throw new TypeError('a project passed unchecked');
  return defined({
    id,
    name,
    ...endpoint,
    credentials,
    allowInsecure,
    ...consoleOf(project, endpoint, console),
    tasks: tasks.map(taskConfig),
    discover: discover === undefined ? undefined : discoverConfig(discover),
  });
}

/** A link with a region in it leads nowhere where what stands for the region is the API's host. */
function consoleOf(
  { consoleUrl: own }: FileProject,
  { endpoint, region }: DcsEndpoint,
  ofAll: string | undefined,
): { consoleUrl?: string } {
  const consoleUrl = own ?? ofAll ?? (isOfHuawei(endpoint) ? CONSOLE_OF_HUAWEI : undefined);
  const isKnown = region !== endpoint.host || !consoleUrl?.includes('{region}');
  return consoleUrl !== undefined && isKnown ? { consoleUrl } : {};
}

function taskConfig(task: FileProject['tasks'][number]): TaskConfig {
  if (typeof task === 'string') return { id: task, labels: {} };
  const { id, name, labels = {} } = task;
  return defined({ id, labels, name });
}

function discoverConfig(discover: NonNullable<FileProject['discover']>): Discover {
  if (discover === true) return { labels: {} };
  const { name, labels = {} } = discover;
  return defined({ name, labels });
}

/**
 * Events about groups know projects by name alone: a filter that asks for an id gets the names of its projects, too.
 */
function channelConfig(channel: ChannelConfig, projects: readonly FileProject[]): ChannelConfig {
  const wanted = channel.when?.projects;
  if (wanted === undefined) return channel;
  const names = projects.flatMap(({ id, name = id }) => (wanted.includes(id) ? [name] : []));
  return { ...channel, when: { ...channel.when, projects: [...new Set([...wanted, ...names])] } };
}
