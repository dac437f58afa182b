import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import type { Env } from '../../base/env.ts';
import { Secret } from '../../base/secret.ts';
import { DEFAULT_LOCALE, timeZoneSchema } from '../../channels/chat/locale.ts';
import { quietHours, quietSchema } from '../../channels/chat/quiet.ts';
import type { LoadedTypes } from '../../channels/index.ts';
import { readProxies } from '../../http/proxies.ts';
import type { EnvironmentCredentials } from '../credentials.ts';
import { dcsEndpointOf } from '../endpoint.ts';
import { examine, type LoadInput } from '../examine.ts';
import { consoleOf, discoverConfig, taskConfig } from '../load.ts';
import { type Path, pathText } from '../path.ts';
import { referencesIn } from '../references/references.ts';
import { groupsSchema, projectSchema } from '../schema/file.ts';
import { settingsOf, settingsSchema } from '../schema/settings.ts';
import { withoutNotes } from '../yaml/tree.ts';
import { readYaml } from '../yaml/yaml.ts';
import { gapAt, withoutParts, withoutSecrets } from './needed.ts';
import type { StateChannel, StateConfig, StateProject } from './state-config.ts';

/** The part of an examined file that reading a state needs. */
const FILE = z.object({
  projects: z.array(projectSchema),
  channels: z.record(
    z.string(),
    z.object({ type: z.string(), quiet: z.optional(quietSchema), timeZone: z.optional(timeZoneSchema) }),
  ),
  groups: groupsSchema,
  settings: z.prefault(settingsSchema, {}),
});
type StateFile = z.output<typeof FILE>;

/** Empty keys, because reading a state needs none. */
const NO_KEY: EnvironmentCredentials = {
  found: { accessKey: new Secret(''), secretKey: new Secret('') },
  sources: '',
  halves: [],
};

/**
 * Makes the part of a configuration that reading a state needs. Its secrets are not read, so its variables, files and
 * parameters may be missing here; any other problem is refused as usual.
 *
 * @throws {ConfigError}
 */
export async function loadStateConfig(input: LoadInput): Promise<StateConfig> {
  const needed = new Set(referencesIn(withoutSecrets(withoutNotes(readYaml(input.text).value ?? null))));
  const { refused, filled, types, proxies } = await examine({
    ...input,
    environment: NO_KEY,
    elsewhere: (reference) => (needed.has(reference) ? undefined : { later: true }),
    mayLack: true,
  });
  if (refused !== undefined) throw refused;
  const gaps = filled.later.flatMap((one) => ({ ...one, gap: gapAt(one.path) }));
  const parts = gaps.flatMap(({ gap }) => (gap === undefined ? [] : [gap]));
  const { projects, channels, groups, settings } = z.parse(
    FILE,
    withoutParts(withoutSecrets(filled.value), parts),
  );
  const leftOut = gaps.flatMap(({ path, why, gap }) =>
    gap === undefined ? [] : [leftOutWords(path, gap, why)],
  );
  return {
    projects: projects.map((project) => stateProject(project, settings.consoleUrl)),
    channels: stateChannels(channels, types, settings.timeZone),
    groups: Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, defined(group)])),
    settings: settingsOf(settings),
    proxies,
    isWhole: leftOut.length === 0,
    leftOut,
  };
}

/** The defaults where there is no configuration. */
export function noStateConfig(env: Env): StateConfig {
  const { proxies } = readProxies(env);
  const settings = settingsOf(z.parse(settingsSchema, {}));
  return { projects: [], channels: {}, groups: {}, settings, proxies, isWhole: false, leftOut: [] };
}

/** `projects[0] is left out: the environment variable PROJECT_ID is not set (projects[0].id)` */
function leftOutWords(path: Path, gap: Path, why = 'it is known only where the watcher runs'): string {
  return `${pathText(gap)} is left out: ${why} (${pathText(path)})`;
}

/** A project of a state. Region and endpoint are empty where their variable is not set. */
function stateProject(project: StateFile['projects'][number], consoleOfAll?: string): StateProject {
  const { id, name = id, region, endpoint, tasks, discover } = project;
  const named = { id, name, tasks: tasks.map(taskConfig), discover: discover && discoverConfig(discover) };
  const place = region === '' || endpoint === '' ? undefined : dcsEndpointOf(project);
  if (place === undefined || 'at' in place) {
    return { ...named, region: region || undefined, consoleUrl: project.consoleUrl ?? consoleOfAll };
  }
  return { ...named, region: place.region, ...consoleOf(project, place, consoleOfAll) };
}

function stateChannels(
  channels: StateFile['channels'],
  types: LoadedTypes,
  ofAll = DEFAULT_LOCALE.timeZone,
): StateConfig['channels'] {
  return Object.fromEntries(
    Object.entries(channels).flatMap(
      ([name, { type, quiet, timeZone = ofAll }]): [string, StateChannel][] => {
        const audience = types.get(type)?.audience;
        if (audience === undefined) return [];
        return [[name, { type, audience, quiet: quiet && quietHours(quiet, timeZone) }]];
      },
    ),
  );
}
