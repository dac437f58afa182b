import { isAbsolute, resolve as resolvePath } from 'node:path';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { defined } from '../../base/defined.ts';
import type { Env } from '../../base/env.ts';
import { reasonOf, WatchError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import type { Path } from '../path.ts';
import { readTextFile } from '../text-file.ts';
import { textsIn, type Value } from '../yaml/tree.ts';
import { SCHEMES, type SecretProviders } from './provider.ts';

/** The sources of values for references. */
export interface Sources {
  readonly env: Env;
  /** The secrets of the platform, by scheme. */
  readonly secrets?: SecretProviders;
  /** The folder for relative paths in `${file:…}`; absent: paths must be absolute. */
  readonly folder?: string;
  /** Decides first about references that are not read here. */
  readonly elsewhere?: Elsewhere;
  /** Set when a value that is missing here counts as known later. */
  readonly mayLack?: boolean;
}

/**
 * Judges a reference (`NAME`, `ssm:/path`, …) of a configuration that will run elsewhere. Its value is known there
 * (`later`), or never (`failure`); nothing when it is read here as usual.
 */
export type Elsewhere = (
  reference: string,
) => { readonly later: true } | { readonly failure: string } | undefined;

export interface Substituted {
  readonly value: Value;
  /** Strings that could not be filled, with the reason. They are empty in `value`. */
  readonly failures: readonly { readonly path: Path; readonly message: string }[];
  /** Strings that are only known where the program runs. They are empty in `value`. */
  readonly later: readonly { readonly path: Path; readonly why?: string }[];
  /** Strings that are empty because their variable is, with its name. */
  readonly empty: readonly { readonly path: Path; readonly variable: string }[];
}

/** `$${` is a literal `${`; everything else that begins with `${` must be a reference. */
const MARKS = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const REFERENCE =
  /^(?:(?<variable>[A-Za-z_]\w*)|file:(?<file>[^{}\n]+)|(?<scheme>[a-z]+):(?<name>[^{}\n]+))$/;
const FORMS = `expected ${inWords(['NAME', 'file:/path', ...examples()].map((body) => `\${${body}}`))}; a literal \${ is written $\${`;

function examples(): string[] {
  return Object.entries(SCHEMES).map(([scheme, { example }]) => `${scheme}:${example}`);
}

function inWords(all: readonly string[]): string {
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

const VARIABLE_ALONE = /^\$\{([A-Za-z_]\w*)\}$/;

/** The variable for a token may be unset, because a permanent key has no token. */
const MAY_BE_UNSET = ['projects', '*', 'credentials', 'securityToken'] as const;

/** The largest referenced file: a key, or a chain of certificates. */
const MOST_BYTES = 100_000;

/** The value of a reference: a text, a failure, or only known where the program runs. */
type Resolved = { readonly text: string } | { readonly failure: string } | Later;

/** A value that is only known where the program runs. `why` tells why it is missing here. */
interface Later {
  readonly later: true;
  readonly why?: string;
}

/**
 * Fills the references in all strings. Inserted values are data: they are not parsed as YAML, and references in them
 * are not filled.
 */
export async function substitute(value: Value, sources: Sources): Promise<Substituted> {
  const resolved = await resolveAll(referencesIn(value), sources);
  const failures: { path: Path; message: string }[] = [];
  const empty: { path: Path; variable: string }[] = [];
  const later: { path: Path; why?: string }[] = [];

  const filled = mapStrings(value, [], (text, path) => {
    const parts = [...text.matchAll(MARKS)].map(([mark, body]) => resultOf(mark, body, path, resolved));
    const failure = parts.find((part) => 'failure' in part);
    if (failure !== undefined) {
      failures.push({ path, message: failure.failure });
      return '';
    }
    const unknown = parts.find((part) => 'later' in part);
    if (unknown !== undefined) {
      later.push(defined({ path, why: unknown.why }));
      return '';
    }
    const texts = parts.map((part) => ('text' in part ? part.text : '')).values();
    const result = text.replace(MARKS, () => texts.next().value ?? '');
    const variable = result === '' ? VARIABLE_ALONE.exec(text)?.[1] : undefined;
    if (variable !== undefined) empty.push({ path, variable });
    return result;
  });
  return { value: filled, failures, later, empty };
}

function resultOf(
  mark: string,
  body: string | undefined,
  path: Path,
  resolved: ReadonlyMap<string, Resolved>,
): Resolved {
  if (mark === '$${') return { text: '${' };
  const result = (body === undefined ? undefined : resolved.get(body)) ?? { failure: FORMS };
  const isVariable = REFERENCE.exec(body ?? '')?.groups?.['variable'] !== undefined;
  return !('text' in result) && isVariable && mayBeUnset(path) ? { text: '' } : result;
}

function mayBeUnset(path: Path): boolean {
  return (
    path.length === MAY_BE_UNSET.length && MAY_BE_UNSET.every((step, i) => step === '*' || step === path[i])
  );
}

/** The contents of all `${…}`, without repetitions. */
export function referencesIn(value: Value): string[] {
  const bodies = textsIn(value).flatMap(({ text }) => [...text.matchAll(MARKS)].map(([, body]) => body));
  return [...new Set(bodies)].filter((body) => body !== undefined);
}

async function resolveAll(bodies: readonly string[], sources: Sources): Promise<Map<string, Resolved>> {
  const resolved = new Map<string, Resolved>();
  await eachAtMost(AT_ONCE.references, bodies, async (body) => {
    resolved.set(body, await resolve(body, sources));
  });
  return resolved;
}

async function resolve(body: string, sources: Sources): Promise<Resolved> {
  if (!isReference(body)) return { failure: FORMS };
  const resolved = sources.elsewhere?.(body) ?? (await textOf(body, sources));
  const isLacking = sources.mayLack === true && 'failure' in resolved;
  return isLacking ? { later: true, why: resolved.failure } : resolved;
}

function isReference(body: string): boolean {
  const { scheme, name = '' } = REFERENCE.exec(body)?.groups ?? {};
  if (scheme === undefined) return REFERENCE.test(body);
  return Object.hasOwn(SCHEMES, scheme) && SCHEMES[scheme]?.form.test(name) === true;
}

async function textOf(body: string, { env, secrets, folder }: Sources): Promise<Resolved> {
  const { variable, file, scheme = '', name = '' } = REFERENCE.exec(body)?.groups ?? {};
  if (variable !== undefined) return fromEnvironment(variable, env);
  if (file !== undefined) return fromFile(file, folder);
  const known = SCHEMES[scheme];
  if (known === undefined) return { failure: FORMS };
  const read = secrets?.[scheme];
  if (read === undefined) return { failure: `\${${body}} can be read ${known.onlyOn}; use \${NAME} here` };
  try {
    return { text: (await read(name)).reveal() };
  } catch (error) {
    return { failure: error instanceof WatchError ? error.message : `not read: ${reasonOf(error)}` };
  }
}

/** Own properties only, because `env` may be any object with a `constructor`. */
function fromEnvironment(name: string, env: Env): Resolved {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  if (text !== undefined) return { text };
  const meant = nearest(
    name,
    Object.keys(env).filter((other) => env[other] !== undefined),
  );
  const hint = meant === undefined || !isNear(name, meant) ? '' : `; did you mean ${meant}, which is set?`;
  return { failure: `the environment variable ${name} is not set${hint}` };
}

/** Whether two names may be a typing error: they share their beginning. An environment has a hundred variables. */
function isNear(name: string, other: string): boolean {
  return name.slice(0, 3).toLowerCase() === other.slice(0, 3).toLowerCase();
}

/** Line breaks at the end, which editors and secret stores add. A shell's `$(cat file)` drops them too. */
const LAST_BREAKS = /[\r\n]+$/;

async function fromFile(path: string, folder: string | undefined): Promise<Resolved> {
  if (folder === undefined && !isAbsolute(path)) {
    return { failure: `the file ${path} must have an absolute path here (/…)` };
  }
  const read = await readTextFile(resolvePath(folder ?? '/', path), MOST_BYTES);
  if ('problem' in read) return { failure: `the file ${path} cannot be read: ${read.problem}` };
  const text = read.text.replace(LAST_BREAKS, '');
  return text === '' ? { failure: `the file ${path} is empty` } : { text };
}

function mapStrings(value: Value, path: Path, change: (text: string, path: Path) => string): Value {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item, i) => mapStrings(item, [...path, i], change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, [...path, key], change)]),
  );
}
