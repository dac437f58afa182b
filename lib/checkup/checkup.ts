import type { Clock } from '../base/time/clock.ts';
import { pathText } from '../config/path.ts';
import type { Config } from '../config/schema/file.ts';
import { createDcsClient } from '../dcs/client.ts';
import type { HttpClient } from '../http/client.ts';
import { keyProblem } from '../huawei/key-form.ts';
import { valueIn } from '../migration/model/enrichment.ts';
import type { StoreChoice } from '../store/index.ts';
import {
  channelForm,
  type NamedChannel,
  type Visiting,
  visitedChannel,
  visitedHeartbeat,
} from './channel/channel.ts';
import { formWarnings } from './channel/form.ts';
import { loadedConfiguration } from './configuration.ts';
import type { CheckupSection } from './finding.ts';
import { askAbout } from './project/asked.ts';
import { readServerClocks } from './project/dates.ts';
import { askedProject, mayAsk, offlineProject, unaskedProject } from './project/project.ts';
import type { AskedProject } from './project/tasks.ts';
import { type MigratedInstance, migratedFindings } from './state/migrated.ts';
import { offlineState, stateSection } from './state/state.ts';

/** The inputs of the checks that need no network. */
export interface OfflineParts {
  readonly config: Config;
  /** The configuration's file, as people know it. */
  readonly configName: string;
  readonly clock: Clock;
  readonly state: StoreChoice;
  /** Where the state is, as people know it. */
  readonly stateName: string;
}

export interface CheckupParts extends OfflineParts {
  readonly http: HttpClient;
}

/** Within this the last answer of DCS is there, or nobody waits for it any more. Milliseconds. */
const DCS_MS = 22_000;

/** Everything that can be known without the network. */
export async function checkUpOffline(parts: OfflineParts): Promise<CheckupSection[]> {
  const { config, configName, clock, state, stateName } = parts;
  return [
    await configurationSection(config, configName, clock),
    ...config.projects.map(offlineProject),
    ...(await Promise.all(channelsOf(config).map((channel) => channelForm(channel, clock.now())))),
    ...offlineState(state, stateName),
  ];
}

/** Everything, side by side; no failure keeps the rest from being checked. Takes at most half a minute. */
export async function checkUp(parts: CheckupParts): Promise<CheckupSection[]> {
  const { config, configName, state, stateName, http, clock } = parts;
  const visiting: Visiting = { http, proxies: config.proxies, now: clock.now() };
  const { heartbeat } = config.settings;
  const [{ sections: projects, migrated }, channels, heartbeats, stateFound] = await Promise.all([
    projectSections(config, http, clock),
    Promise.all(channelsOf(config).map((channel) => visitedChannel(channel, visiting))),
    heartbeat === undefined ? [] : visitedHeartbeat(heartbeat, visiting),
    stateSection(state, stateName, clock),
  ]);
  return [
    await configurationSection(config, configName, clock),
    ...projects,
    ...channels,
    ...[heartbeats].flat(),
    { ...stateFound, findings: [...(await migratedFindings(state, migrated)), ...stateFound.findings] },
  ];
}

interface ProjectsFound {
  readonly sections: readonly CheckupSection[];
  readonly migrated: readonly MigratedInstance[];
}

async function projectSections(
  { projects, settings }: Config,
  http: HttpClient,
  clock: Clock,
): Promise<ProjectsFound> {
  const clocks = readServerClocks(http, clock);
  const { requestsPerSecond } = settings;
  const dcs = createDcsClient({ http: clocks.http, clock, requestsPerSecond });
  const until = clock.elapsed() + DCS_MS;
  const asking = projects.map(
    async (project): Promise<AskedProject[]> =>
      mayAsk(project) ? [{ project, asked: await askAbout(project, dcs, until) }] : [],
  );
  const asked = (await Promise.all(asking)).flat();
  const sections = projects.map((project) => {
    const one = asked.find((other) => other.project === project);
    if (one === undefined) return unaskedProject(project);
    return askedProject(one, asked, clocks.offsetOf(project.endpoint.origin));
  });
  return { sections, migrated: asked.flatMap(migratedIn) };
}

/** Both sides of every task that is listed: one that is not watched yet may be tomorrow. */
function migratedIn({ asked: { list } }: AskedProject): MigratedInstance[] {
  return (valueIn(list) ?? []).flatMap(({ taskId, source, target }) =>
    [source, target].flatMap((instance) => (instance === undefined ? [] : [{ taskId, instance }])),
  );
}

async function configurationSection(config: Config, name: string, clock: Clock): Promise<CheckupSection> {
  return loadedConfiguration(config, name, await reportedElsewhere(config, clock.now()));
}

/** Warnings of loading that the sections of projects and channels report as problems. */
async function reportedElsewhere(config: Config, now: number): Promise<Set<string>> {
  const ofKeys = config.projects.flatMap(({ credentials: { accessKey, secretKey } }, i) => {
    const fault = keyProblem({ accessKey: accessKey.reveal(), secretKey: secretKey.reveal() });
    return fault === undefined ? [] : [`${pathText(['projects', i, 'credentials'])}: ${fault}`];
  });
  const ofChannels = channelsOf(config).map(async ({ name, config: channel }) =>
    (await formWarnings(channel, now)).map(
      ({ setting, message }) => `${pathText(['channels', name, ...setting.split('.')])}: ${message}`,
    ),
  );
  return new Set([...ofKeys, ...(await Promise.all(ofChannels)).flat()]);
}

function channelsOf({ channels }: Config): NamedChannel[] {
  return Object.entries(channels).map(([name, config]) => ({ name, config }));
}
