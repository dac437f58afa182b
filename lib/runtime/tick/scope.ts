import { isObject } from '../../base/json.ts';
import { oneLine } from '../../base/text.ts';
import { ConfigError } from '../../config/errors.ts';
import type { Config } from '../../config/schema/file.ts';
import type { BlindProject } from '../../telemetry/health.ts';

/** The part of a configuration that one tick covers. */
export interface TickScope {
  readonly config: Config;
  /** Absent where the tick covers everything, or the rest that other runs leave. */
  readonly onlyProjectId?: string;
  /** Projects that other runs poll. */
  readonly elsewhere?: Config['projects'];
}

/** The scope of a tick: one project, or all projects except those with started runs. */
export interface Part {
  /** Name or id of the only project. */
  readonly project?: string | undefined;
  /** Ids of the projects whose runs were started. */
  readonly started?: readonly string[] | undefined;
  /** Ids of the projects whose runs could not be started, so that this tick covers them in their place. */
  readonly instead?: readonly string[] | undefined;
  /** Projects that are known to be blind before the tick. */
  readonly blind?: readonly BlindProject[] | undefined;
}

const MOST_NAMED = 10;
const LONGEST_NAME = 64;

/**
 * The project that an event names. An event is untrusted input from anybody who may invoke the function.
 *
 * @param event the platform's own event, or `{ "project": "prod" }`
 * @returns nothing where the event names no project, so that the tick covers everything
 * @throws {ConfigError} when the event names a project in an impossible form
 */
export function projectIn(event: unknown): string | undefined {
  if (!isObject(event) || event['project'] === undefined) return undefined;
  const { project } = event;
  if (typeof project === 'string' && project !== '') return project;
  throw new ConfigError('invalid_config', 'the event is refused: "project" must be the name of a project');
}

/**
 * The part of the configuration that a tick covers. Entries with one id stay together, because they share records;
 * groups belong to ticks over everything, or over the rest.
 *
 * @throws {ConfigError} when there is no such project
 */
export function scopedTo({ project, started = [] }: Part, config: Config): TickScope {
  const { projects, groups } = config;
  if (project === undefined) return started.length === 0 ? { config } : withoutStarted(started, config);
  const named = projects.find(({ name, id }) => name === project || id === project);
  if (named === undefined) throw noSuchProject(project, config);
  const own = projects.filter(({ id }) => id === named.id);
  if (own.length === projects.length && Object.keys(groups).length === 0) return { config };
  // Their names are needed, because one of them may announce for the whole configuration. Their tasks, which may be
  // many, belong to other runs.
  const elsewhere = projects.filter(({ id }) => id !== named.id).map((other) => ({ ...other, tasks: [] }));
  return { config: { ...config, projects: own, groups: {} }, onlyProjectId: named.id, elsewhere };
}

function withoutStarted(started: readonly string[], config: Config): TickScope {
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
