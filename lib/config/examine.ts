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
import { type Sources, type Substituted, substitute } from './references/references.ts';
import { type ConfigFile, fileSchemaOf } from './schema/file.ts';
import { isSettings, type Value, withoutNotes } from './yaml/tree.ts';
import { readYaml, type Source } from './yaml/yaml.ts';

export interface LoadInput extends Sources {
  readonly text: string;
  /** The name of the file in messages. */
  readonly file: string;
  /** Set when only the channels are needed, so that projects, groups and keys are ignored. */
  readonly channelsOnly?: boolean;
  /** The last of the sources of credentials. */
  readonly keys?: PlatformKeys | undefined;
  /** Milliseconds since the epoch, for warnings about certificates. */
  readonly now?: () => number;
}

/** A configuration text, with facts of the place where it will be used. */
export interface Examination extends LoadInput {
  /** Where secrets belong that the file must not contain, in words; absent: it may contain them. */
  readonly secretsBelong?: string | undefined;
  /** Replaces the keys of the environment. */
  readonly environment?: EnvironmentCredentials;
}

/** The result of an examination. */
export interface Examined {
  /** Absent when there is no problem. */
  readonly refused?: ConfigError;
  /** Absent when its form is wrong, or one of its texts is only known later. */
  readonly file?: ConfigFile;
  readonly filled: Substituted;
  readonly environment: EnvironmentCredentials;
  readonly proxies?: Proxies;
  readonly types: LoadedTypes;
}

const EMPTY = 'it is empty; see watch.example.yml for an example';
/** Problems in one error. Each costs a search through the file for its line, and nobody fixes more at once. */
const MOST_PROBLEMS = 500;
/** Replaces the file's projects where they are ignored. */
const NO_PROJECT = { id: 'ignored', region: 'ignored', tasks: ['ignored'] };

/** Finds all problems at once. @throws {ConfigError} when the text is unreadable */
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
  // Leaves out consequences: a part of the wrong form is always inconsistent, and a text that could not be filled is
  // empty, which is nearly always a problem too.
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

/** The problems at paths without another problem. */
function without(others: readonly ProblemAt[], problems: readonly ProblemAt[]): ProblemAt[] {
  const taken = new Set(others.map(({ path }) => JSON.stringify(path)));
  return problems.filter(({ path }) => !taken.has(JSON.stringify(path)));
}

/** Whether a path is a filter's list of projects, which can only be checked when all names are known. */
function isFilterOfProjects([section, , when, part]: Path): boolean {
  return section === 'channels' && when === 'when' && part === 'projects';
}

function isOfProjectName([section, , setting = '']: Path): boolean {
  return section === 'projects' && ['id', 'name'].includes(String(setting));
}

/** The problems without those at or below a text that could not be filled, which are only consequences. */
function withoutConsequences({ failures, later }: Substituted, problems: readonly ProblemAt[]): ProblemAt[] {
  const isBelow = pathsBelow([...failures, ...later]);
  const isBelowFailed = pathsBelow(failures);
  const areNamed = ![...failures, ...later].some(({ path }) => isOfProjectName(path));
  // A wrong name of a setting is a problem with any value.
  const isConsequence = ({ path, isOfName }: ProblemAt) => (isOfName ? isBelowFailed(path) : isBelow(path));
  return problems.filter((one) => !isConsequence(one) && (areNamed || !isFilterOfProjects(one.path)));
}

function pathsBelow(places: readonly { readonly path: Path }[]): (path: Path) => boolean {
  const all = new Set(places.map(({ path }) => JSON.stringify(path)));
  return (path) => path.some((_, i) => all.has(JSON.stringify(path.slice(0, i + 1))));
}

/** Adds the variable's name to the problem of a text that is empty because the variable is. */
function withReason({ empty }: Substituted): (problem: ProblemAt) => ProblemAt {
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
