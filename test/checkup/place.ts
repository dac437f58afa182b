import { type CheckupParts, checkUp } from '../../lib/checkup/checkup.ts';
import type { CheckupSection, Finding } from '../../lib/checkup/finding.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import type { StoreChoice } from '../../lib/store/index.ts';
import { client } from '../http/servers.ts';
import { channelSchema } from '../support/channel-types.ts';
import { useWorld } from '../support/use-world.ts';
import type { World } from '../support/world.ts';
import { channelsAt } from '../support/world.ts';

/** Ids as DCS writes them: others are warned about. */
export const TASK = 'a276c1ffa0a54c2597fc824b917db317';
export const OTHER_TASK = '8aa6999e7d10a4c2017d5b9e0f3377c5';
export const OTHER_PROJECT = '0f5b8c4e6a7d4b1c9e2f3a4b5c6d7e8f';

type Project = Config['projects'][number];

const newWorld = useWorld({ tasks: [TASK], channels: { ops: { type: 'slack' } } });

/** A world in which nothing is wrong: one task that replicates, and one chat. */
export async function goodWorld(options: Parameters<typeof newWorld>[0] = {}): Promise<World> {
  const world = await newWorld(options);
  for (const { simulator, status } of Object.values(world.projects)) {
    status(TASK, 'INCRMIGEATING');
    simulator.setListed(TASK, { task_id: TASK });
  }
  return world;
}

export interface Changes {
  /** The first project is this one. */
  readonly project?: Partial<Project>;
  readonly projects?: readonly Project[];
  readonly channels?: Config['channels'];
  readonly settings?: Partial<Config['settings']>;
  readonly warnings?: readonly string[];
  readonly proxies?: Config['proxies'];
  readonly state?: StoreChoice;
  readonly http?: HttpClient;
  readonly clock?: CheckupParts['clock'];
}

/** Checks a world after changes to its configuration. */
export function checked(world: World, changes: Changes = {}): Promise<CheckupSection[]> {
  const { config } = world;
  const [first, ...others] = config.projects;
  if (first === undefined) throw new TypeError('the world has no project');
  const { project = {}, projects = [{ ...first, ...project }, ...others], http = client() } = changes;
  const { channels = config.channels, settings = {}, warnings = [], proxies } = changes;
  return checkUp({
    config: {
      ...config,
      projects,
      channels,
      warnings,
      settings: { ...config.settings, ...settings },
      ...(proxies !== undefined && { proxies }),
    },
    configName: 'watch.yml',
    state: changes.state ?? { kind: 'memory' },
    stateName: 'memory',
    http,
    clock: changes.clock ?? world.clock,
  });
}

/** One channel with these settings. */
export function channel(settings: Readonly<Record<string, unknown>>): Config['channels'] {
  return { ops: channelSchema.parse(settings) };
}

/** The same at the world's receiver. */
export function channelAtReceiver(
  world: World,
  settings: Readonly<Record<string, unknown>>,
): Config['channels'] {
  return channelsAt(world.receiver, { ops: settings });
}

export function findingsOf(sections: readonly CheckupSection[]): Finding[] {
  return sections.flatMap(({ findings }) => findings);
}

/** What is not as it should be. */
export function faultsIn(sections: readonly CheckupSection[]): Finding[] {
  return findingsOf(sections).filter(({ outcome }) => outcome === 'problem' || outcome === 'warning');
}
