import { defined } from '../base/defined.ts';
import type { StateChannel, StateConfig, StateProject } from '../config/state/state-config.ts';
import { loadMark, type MarkedProject, type Outline } from '../records/mark.ts';
import type { SourceChannel, SourceProject, StatusSource } from '../status/source.ts';
import type { Store } from '../store/store.ts';
import { newStamp, taskEntry, tickGroups } from './tick/targets.ts';

export interface StatusParts {
  readonly config: StateConfig;
  readonly store: Store;
  readonly now: Date;
}

const NO_OUTLINE: Outline = { intervalMs: 0, projects: [], channels: [] };
const UNKNOWN_REGION = 'region not known';

/**
 * The configuration that readers of a state need; the mark of the last tick adds what it lacks. Makes no request, and
 * sends nothing.
 *
 * @throws {StoreError}
 */
export async function statusSource({ config, store, now }: StatusParts): Promise<StatusSource> {
  const mark = await loadMark(store);
  const outline = mark?.outline ?? NO_OUTLINE;
  const all = config.isWhole ? config : withOutline(config, outline);
  const stamp = newStamp();
  const sourceOf = (project: StateProject): SourceProject => {
    const known = outline.projects.find(({ id, name }) => id === project.id && name === project.name);
    const { region = known?.region ?? UNKNOWN_REGION, consoleUrl = known?.consoleUrl } = project;
    const { access = known, isWhole } = project;
    const entry = taskEntry({ ...project, region, consoleUrl }, config.settings, stamp);
    return defined<SourceProject>({ ...entry, access, isWhole });
  };
  return {
    store,
    mark,
    projects: all.projects.map(sourceOf),
    groups: tickGroups(config, stamp),
    channels: Object.entries(all.channels).map(([name, channel]) => sourceChannel(name, channel, outline)),
    now,
  };
}

/** Adds projects and channels of the mark to a configuration. */
function withOutline({ projects, channels, ...others }: StateConfig, outline: Outline): StateConfig {
  const named = new Set(projects.map(({ id }) => id));
  const besides = new Map(
    outline.projects.filter(({ id }) => !named.has(id)).map((project) => [project.id, wholeProject(project)]),
  );
  const marked = outline.channels.map(({ name, ...channel }): [string, StateChannel] => [name, channel]);
  return {
    ...others,
    projects: [...projects, ...besides.values()],
    channels: { ...Object.fromEntries(marked), ...channels },
  };
}

function wholeProject({ id, name, region, consoleUrl }: MarkedProject): StateProject {
  return { id, name, region, consoleUrl, tasks: [], isWhole: true };
}

function sourceChannel(name: string, channel: StateChannel, outline: Outline): SourceChannel {
  const marked = outline.channels.find((one) => one.name === name);
  const { type, audience, quiet, settings = marked?.settings } = channel;
  return defined<SourceChannel>({ name, type, audience, quiet, settings });
}
