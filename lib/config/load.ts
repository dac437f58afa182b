import { defined } from '../base/defined.ts';
import { certificateWarning } from '../channels/client-certificate.ts';
import { type ChannelConfig, channelWarning } from '../channels/index.ts';
import type { Credentials } from '../huawei/signer.ts';
import type { Discover } from '../migration/discovery/discovery.ts';
import { warningsAbout } from './checks/warnings.ts';
import { type DcsEndpoint, dcsEndpointOf, isOfHuawei } from './endpoint.ts';
import { ConfigError } from './errors.ts';
import { examine, type LoadInput } from './examine.ts';
import { pathText } from './path.ts';
import type { Config, ConfigFile, ProjectConfig, TaskConfig } from './schema/file.ts';
import { CONSOLE_OF_HUAWEI, settingsOf } from './schema/settings.ts';

/**
 * Makes a configuration of a text, or refuses the whole text. Its only other inputs are the environment, the parameters
 * and the files of its references.
 *
 * @throws {ConfigError} `invalid_config` with all problems, each with its path, its line and the expectation, but never
 * with a value that could be secret
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
 * The error that would refuse a configuration in the place where it will run; nothing if none can be found here.
 *
 * @param input.secretsBelong where secrets belong that the file must not contain, in words; absent: it may contain them
 */
export async function refusalFor(
  input: LoadInput & { readonly secretsBelong: string | undefined },
): Promise<ConfigError | undefined> {
  try {
    return (await examine(input)).refused;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
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

/** The link to the console. It is left out when it needs a region and only the API's host is known. */
export function consoleOf(
  { consoleUrl: own }: FileProject,
  { endpoint, region }: DcsEndpoint,
  ofAll: string | undefined,
): { consoleUrl?: string } {
  const consoleUrl = own ?? ofAll ?? (isOfHuawei(endpoint) ? CONSOLE_OF_HUAWEI : undefined);
  const isKnown = region !== endpoint.host || !consoleUrl?.includes('{region}');
  return consoleUrl !== undefined && isKnown ? { consoleUrl } : {};
}

export function taskConfig(task: FileProject['tasks'][number]): TaskConfig {
  if (typeof task === 'string') return { id: task, labels: {} };
  const { id, name, labels = {} } = task;
  return defined({ id, labels, name });
}

export function discoverConfig(discover: NonNullable<FileProject['discover']>): Discover {
  if (discover === true) return { labels: {} };
  const { name, labels = {} } = discover;
  return defined({ name, labels });
}

/** Adds the names of projects to a filter that asks for ids, because events about groups only have names. */
function channelConfig(channel: ChannelConfig, projects: readonly FileProject[]): ChannelConfig {
  const wanted = channel.when?.projects;
  if (wanted === undefined) return channel;
  const names = projects.flatMap(({ id, name = id }) => (wanted.includes(id) ? [name] : []));
  return { ...channel, when: { ...channel.when, projects: [...new Set([...wanted, ...names])] } };
}
