import { defined } from '../base/defined.ts';
import type { LoadedTypes } from '../channels/index.ts';
import { type Proxies, readProxies } from '../http/proxies.ts';
import { channelProblems, typesIn } from './checks/channels.ts';
import { consistencyProblems } from './checks/consistency.ts';
import { placeholdersIn } from './checks/placeholders.ts';
import { plainSecretsIn } from './checks/plain-secrets.ts';
import type { ProblemAt } from './checks/problem-at.ts';
import { checkShape } from './checks/shape.ts';
import { credentialsIn, type EnvironmentCredentials, type PlatformKeys } from './credentials.ts';
import { type ConfigError, type Problem, refusal } from './errors.ts';
import { type Path, pathText } from './path.ts';
import { type Filled, type Sources, substitute } from './references/references.ts';
import { type ConfigFile, fileSchemaOf } from './schema/file.ts';
import { isSettings, type Value, withoutNotes } from './yaml/tree.ts';
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

/** A text with what is known of the place where it is to be used. */
export interface Examination extends LoadInput {
  /** Says where secrets belong that must not stand in the file itself; absent: they may. */
  readonly secretsBelong?: string | undefined;
  /** In place of the keys of the environment. */
  readonly environment?: EnvironmentCredentials;
}

/** A text that was examined. */
export interface Examined {
  /** Absent where nothing is wrong. */
  readonly refused?: ConfigError;
  /** Absent where something is wrong with its form, or a text of it is known only later. */
  readonly file?: ConfigFile;
  readonly filled: Filled;
  readonly environment: EnvironmentCredentials;
  readonly proxies?: Proxies;
  readonly types: LoadedTypes;
}

const EMPTY = 'it is empty; see watch.example.yml for an example';
/** More problems than anybody mends in one go; to find the line of each takes a search through the file. */
const MOST_PROBLEMS = 500;
/** Stands where the file's own projects are ignored. */
const NO_PROJECT = { id: 'ignored', region: 'ignored', tasks: ['ignored'] };

/** Everything that is wrong, in one. @throws {ConfigError} when nothing can be made out of the text */
export async function examine({
  text,
  file: name,
  channelsOnly = false,
  secretsBelong,
  keys,
  environment: given,
  ...sources
}: Examination): Promise<Examined> {
  const source = readYaml(text);
  if (source.value === undefined) throw refusal(name, source.problems);
  if (source.value === null) throw refusal(name, [{ path: '', message: EMPTY }]);

  const written = withoutNotes(source.value);
  const filled = await substitute(channelsOnly ? withoutProjects(written) : written, sources);
  const environment = given ?? credentialsIn(sources.env, keys);
  const types = await typesIn(filled.value);
  const { file, problems: ofShape } = checkShape(filled.value, fileSchemaOf(types));
  // A part of the wrong form cannot agree with anything; a text that could not be filled is empty, and that is nearly
  // everywhere a problem of its own.
  const inconsistencies = channelsOnly ? [] : consistencyProblems(filled.value, environment, types);
  const unfilled = placeholdersIn(filled.value);
  const ofForm = [...unfilled, ...without(unfilled, ofShape)];
  const formal = [...ofForm, ...without(ofForm, await channelProblems(filled.value, written, types))];
  const problems = [...formal, ...without(formal, inconsistencies)];
  const plain = secretsBelong === undefined ? [] : plainSecretsIn(written, types, secretsBelong);
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
  return defined<Examined>({ refused, file, filled, environment, proxies, types });
}

function withoutProjects(value: Value): Value {
  return isSettings(value) ? { ...value, projects: [NO_PROJECT], groups: {} } : value;
}

/** The problems that stand where none of the others does. */
function without(others: readonly ProblemAt[], problems: readonly ProblemAt[]): ProblemAt[] {
  const taken = new Set(others.map(({ path }) => JSON.stringify(path)));
  return problems.filter(({ path }) => !taken.has(JSON.stringify(path)));
}

/** A filter can only name projects whose names are known. */
function isFilterOfProjects([section, , when, part]: Path): boolean {
  return section === 'channels' && when === 'when' && part === 'projects';
}

function isOfProjectName([section, , setting = '']: Path): boolean {
  return section === 'projects' && ['id', 'name'].includes(String(setting));
}

/** The problems that stand neither where something could not be filled nor below it: those are its consequences. */
function withoutConsequences({ failures, later }: Filled, problems: readonly ProblemAt[]): ProblemAt[] {
  const isBelow = pathsBelow([...failures, ...later]);
  const isBelowFailed = pathsBelow(failures);
  const areNamed = ![...failures, ...later].some(({ path }) => isOfProjectName(path));
  // The name of a setting can be wrong whatever its value will be.
  const isConsequence = ({ path, isOfName }: ProblemAt) => (isOfName ? isBelowFailed(path) : isBelow(path));
  return problems.filter((one) => !isConsequence(one) && (areNamed || !isFilterOfProjects(one.path)));
}

function pathsBelow(places: readonly { readonly path: Path }[]): (path: Path) => boolean {
  const all = new Set(places.map(({ path }) => JSON.stringify(path)));
  return (path) => path.some((_, i) => all.has(JSON.stringify(path.slice(0, i + 1))));
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
