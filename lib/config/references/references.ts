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

/** Where the values of references come from. */
export interface Sources {
  readonly env: Env;
  /** The secrets of the platform, by scheme. */
  readonly secrets?: SecretProviders;
  /** Relative paths in `${file:…}` start here; without it they must be absolute. */
  readonly folder?: string;
  /** References that are not to be read here; asked first. */
  readonly elsewhere?: Elsewhere;
  /** A value that cannot be had here is known later. */
  readonly mayLack?: boolean;
}

/**
 * For a configuration that is to run somewhere else: what a reference (`NAME`, `ssm:/path`, …) will be there. Its value is
 * known `later`, or it can never be had; nothing where it is read as usual.
 */
export type Elsewhere = (
  reference: string,
) => { readonly later: true } | { readonly failure: string } | undefined;

export interface Filled {
  readonly value: Value;
  /** Strings that were not filled, and why. They are empty in `value`. */
  readonly failures: readonly { readonly path: Path; readonly message: string }[];
  /** Strings that are known only where the program runs. They are empty in `value`. */
  readonly later: readonly { readonly path: Path; readonly why?: string }[];
  /** Strings that are empty because a variable is, with its name. */
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

/** The credentials of a permanent key have no token, so the variable for it may be left unset. */
const MAY_BE_UNSET = ['projects', '*', 'credentials', 'securityToken'] as const;

/** A file that a reference names holds a key, or a chain of certificates. */
const MOST_BYTES = 100_000;

/** A text, why there is none, or that it is known only where the program runs. */
type Resolved = { readonly text: string } | { readonly failure: string } | Later;

/** The reason is that of a value that cannot be had here. */
interface Later {
  readonly later: true;
  readonly why?: string;
}

/**
 * Fills the references in all strings. What is inserted is data: it is read neither as YAML nor for references in it.
 */
export async function substitute(value: Value, sources: Sources): Promise<Filled> {
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

/** The bodies of all `${…}`, each once. */
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

/** `env` may be any object: a variable called `constructor` is not set. */
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

/** An environment has a hundred variables: only one that shares its beginning is a slip of the pen. */
function isNear(name: string, other: string): boolean {
  return name.slice(0, 3).toLowerCase() === other.slice(0, 3).toLowerCase();
}

/** Editors and secret stores end a file with a line break that is no part of the secret, as a shell's `$(cat file)` knows. */
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
