import { defined } from '../../base/defined.ts';
import { fingerprint, fingerprintOfTexts } from '../../base/fingerprint.ts';
import type { Audience } from '../../channels/channel.ts';
import { type ChannelConfig, quietOf, readersOf } from '../../channels/index.ts';
import type { QuietHours } from '../../channels/quiet-hours.ts';
import type { Proxies } from '../../http/proxies.ts';
import type { Discover } from '../../migration/discovery/discovery.ts';
import type { Config, GroupConfig, ProjectConfig, TaskConfig } from '../schema/file.ts';
import type { Settings } from '../schema/settings.ts';

/**
 * The part of a configuration that reading a state needs: the names of its subjects. It has no key, address or secret,
 * so it allows neither calls nor messages.
 */
export interface StateConfig {
  readonly projects: readonly StateProject[];
  readonly channels: Readonly<Record<string, StateChannel>>;
  readonly groups: Readonly<Record<string, GroupConfig>>;
  readonly settings: StateSettings;
  /** The proxies from the environment. */
  readonly proxies?: Proxies | undefined;
  /** Whether it names all watched subjects; otherwise the state tells the rest. */
  readonly isWhole: boolean;
  /** Entries that are left out because their variable is not set, one line each. */
  readonly leftOut: readonly string[];
}

/** The settings that reading a state needs. */
export interface StateSettings {
  readonly language: Settings['language'];
  readonly timeZone?: string | undefined;
  readonly thresholds: Settings['thresholds'];
}

/** Fingerprints of a key, and of an endpoint with the key. They do not reveal the key. */
interface Access {
  readonly keyFingerprint: string;
  readonly endpointFingerprint: string;
}

export interface StateProject {
  readonly id: string;
  readonly name: string;
  /** Absent where the variable of the region or of the endpoint is not set. */
  readonly region?: string | undefined;
  readonly consoleUrl?: string | undefined;
  readonly tasks: readonly TaskConfig[];
  readonly discover?: Discover | undefined;
  /** Absent where the key is unknown. */
  readonly access?: Access | undefined;
  /** Set where no configuration tells which of its tasks are watched. */
  readonly isWhole?: true | undefined;
}

export interface StateChannel {
  readonly type: string;
  readonly audience: Audience;
  readonly quiet?: QuietHours | undefined;
  /** Fingerprint of its settings; absent where its secrets are unknown. */
  readonly settings?: string | undefined;
}

/** Makes it from the whole configuration of a running watcher. */
export async function stateConfigOf(config: Config): Promise<StateConfig> {
  const { projects, channels, groups, proxies, settings } = config;
  const { language, timeZone, thresholds } = settings;
  const entries = Object.entries(channels).map(
    async ([name, channel]): Promise<[string, StateChannel]> => [name, await stateChannel(channel, timeZone)],
  );
  return {
    projects: projects.map(stateProject),
    channels: Object.fromEntries(await Promise.all(entries)),
    groups,
    settings: { language, timeZone, thresholds },
    proxies,
    isWhole: true,
    leftOut: [],
  };
}

function stateProject(project: ProjectConfig): StateProject {
  const { id, name, region, consoleUrl, tasks, discover } = project;
  return { id, name, region, consoleUrl, tasks, discover, access: fingerprintsOf(project) };
}

export function fingerprintsOf({ endpoint, credentials }: ProjectConfig): Access {
  const key = [credentials.accessKey.reveal(), credentials.secretKey.reveal()];
  return {
    keyFingerprint: fingerprintOfTexts(key),
    endpointFingerprint: fingerprintOfTexts([endpoint.href, ...key]),
  };
}

async function stateChannel(config: ChannelConfig, timeZone: string | undefined): Promise<StateChannel> {
  return defined<StateChannel>({
    type: config.type,
    audience: await readersOf(config),
    quiet: quietOf(config, timeZone),
    settings: fingerprint(config),
  });
}
