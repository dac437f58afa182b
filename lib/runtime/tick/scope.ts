import { isObject } from '../../base/json.ts';
import { oneLine } from '../../base/text.ts';
import { ConfigError } from '../../config/errors.ts';
import type { Config } from '../../config/schema/file.ts';
import type { BlindProject } from '../../telemetry/health.ts';

/** The part of a configuration that one tick is about. */
export interface Scoped {
  readonly config: Config;
  /** Absent where that is all of it, or what other runs leave. */
  readonly onlyProjectId?: string;
  /** The projects that are left to other runs. */
  readonly elsewhere?: Config['projects'];
}

/** The scope of a tick: one project, or all but those whose runs were started; else everything. */
export interface Part {
  /** Its name or its id. */
  readonly project?: string | undefined;
  /** Ids. */
  readonly started?: readonly string[] | undefined;
  /** Projects of which it is known before that nothing is seen. */
  readonly blind?: readonly BlindProject[] | undefined;
}

const MOST_NAMED = 10;
const LONGEST_NAME = 64;

/**
 * The project that an event asks for; an event is input, from whoever may invoke the function.
 *
 * @param event the platform's own, or `{ "project": "prod" }`
 * @returns nothing where it names none: the tick is about everything
 * @throws {ConfigError} when it names one in a form that no name has
 */
export function projectIn(event: unknown): string | undefined {
  if (!isObject(event) || event['project'] === undefined) return undefined;
  const { project } = event;
  if (typeof project === 'string' && project !== '') return project;
  throw new ConfigError('invalid_config', 'the event is refused: "project" must be the name of a project');
}

/**
 * The part of the configuration that a tick is about. All entries with one id go together: they share their records. Groups
 * are the matter of ticks about everything, or about what is left.
 *
 * @throws {ConfigError} when there is no such project
 */
export function scopedTo({ project, started = [] }: Part, config: Config): Scoped {
  const { projects, groups } = config;
  if (project === undefined) return started.length === 0 ? { config } : withoutStarted(started, config);
  const named = projects.find(({ name, id }) => name === project || id === project);
  if (named === undefined) throw noSuchProject(project, config);
  const own = projects.filter(({ id }) => id === named.id);
  if (own.length === projects.length && Object.keys(groups).length === 0) return { config };
  // One of them may speak for the whole configuration; their tasks, which may be many, are the matter of other runs.
  const elsewhere = projects.filter(({ id }) => id !== named.id).map((other) => ({ ...other, tasks: [] }));
  return { config: { ...config, projects: own, groups: {} }, onlyProjectId: named.id, elsewhere };
}

function withoutStarted(started: readonly string[], config: Config): Scoped {
  const [elsewhere, projects] = [true, false].map((isStarted) =>
    config.projects.filter(({ id }) => started.includes(id) === isStarted),
  );
  return { config: { ...config, projects: projects ?? [] }, elsewhere: elsewhere ?? [] };
}

function noSuchProject(project: string, { projects }: Config): ConfigError {
  const names = [...new Set(projects.map(({ name }) => name))];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const known = `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  const asked = oneLine(project, LONGEST_NAME);
  return new ConfigError(
    'invalid_config',
    `the event is refused: it names the project ${asked}, and the configuration has ${known}`,
  );
}
