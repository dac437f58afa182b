/** Before anything is packaged: could the function run with this configuration? Reads files of the project, and nothing else. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { ConfigError } from '../lib/config/errors.ts';
import { refusalFor } from '../lib/config/load.ts';
import type { Elsewhere } from '../lib/config/references/references.ts';
import { CONFIG_FILES, findConfig } from '../lib/config/source.ts';
import { readTextFile } from '../lib/config/text-file.ts';

const MAX_BYTES = 1_000_000;
/** Lambda sets these itself. */
const OF_THE_PLATFORM = /^(?:AWS|LAMBDA)_/;
const VARIABLE = /^[A-Za-z_]\w*$/;

const environment = z._default(z.record(z.string(), z.unknown()), {});
const SERVERLESS = z.object({
  provider: z.object({ environment }),
  functions: z.object({ watch: z.object({ environment }) }),
});

async function check(): Promise<number> {
  try {
    const place = findConfig({ env: process.env, cwd: process.cwd() });
    if (place === undefined) return refuse(NO_CONFIG);
    if ('file' in place) return await checkFile(place.file, { isPackaged: true });
    return await checkCopy();
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.message);
    throw error;
  }
}

/** The configuration lies in a parameter; a copy of it here says what the function must be allowed to read. */
async function checkCopy(): Promise<number> {
  const copy = findConfig({ env: {}, cwd: process.cwd() });
  if (copy !== undefined && 'file' in copy) return checkFile(copy.file, { isPackaged: false });
  say(
    `There is no copy of the configuration here (${CONFIG_FILES[0]}), so it was not checked, and the function may read no parameter but that one.`,
  );
  return 0;
}

async function checkFile(file: string, { isPackaged }: { isPackaged: boolean }): Promise<number> {
  const path = relative(process.cwd(), file);
  if (isPackaged && (path.startsWith('..') || isAbsolute(path))) {
    return refuse(
      `${file} is outside this folder, so it cannot be packaged: move it here, and set WATCH_CONFIG to its path`,
    );
  }
  const read = await readTextFile(file, MAX_BYTES);
  if ('problem' in read)
    return refuse(
      `the configuration ${path} cannot be read: ${read.problem}. ${isPackaged ? WRITE_ONE : ''}`,
    );
  const variables = await variablesOfFunction();
  const refusal = await refusalFor({
    text: read.text,
    file: path,
    env: Object.fromEntries([...variables].map(([name, value]) => [name, value ?? 'set where it runs'])),
    elsewhere: whereItRuns(variables),
    secretsBelong: isPackaged ? SECRETS_BELONG : undefined,
  });
  if (refusal !== undefined) return refuse(refusal.message);
  const hidden = hiddenBuses(read.text);
  return hidden.length === 0 ? 0 : refuse(`${path}: ${hidden.map(hiddenBus).join('; ')}`);
}

const CHANNELS = z.object({
  channels: z.record(z.string(), z.object({ type: z.string(), bus: z.optional(z.unknown()) })),
});

/** The channels whose event bus is a reference: the function's role names the buses that the file itself names. */
function hiddenBuses(text: string): string[] {
  const parsed = CHANNELS.safeParse(parse(text, { logLevel: 'silent', merge: true }));
  return Object.entries(parsed.data?.channels ?? {}).flatMap(([name, { type, bus }]) =>
    type === 'eventbridge' && typeof bus === 'string' && /(?<!\$)\$\{/.test(bus) ? [name] : [],
  );
}

function hiddenBus(name: string): string {
  return `channels.${name}.bus is a reference, so the function would get no permission to send there: write the ARN itself, which is no secret`;
}

/** The function's environment by serverless.yml: a value, or nothing where it is known only later. */
async function variablesOfFunction(): Promise<Map<string, string | undefined>> {
  const parsed: unknown = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'silent' });
  const { provider, functions } = SERVERLESS.parse(parsed);
  const all = Object.entries({ ...provider.environment, ...functions.watch.environment });
  return new Map(
    all.map(([name, value]) => [
      name,
      typeof value === 'string' && !value.includes('${') ? value : undefined,
    ]),
  );
}

function whereItRuns(variables: ReadonlyMap<string, string | undefined>): Elsewhere {
  return (reference) => {
    if (reference.startsWith('ssm:') || reference.startsWith('secretsmanager:')) return { later: true };
    if (reference.startsWith('file:'))
      return { failure: `the function has no file ${reference.slice('file:'.length)}; ${PARAMETER}` };
    if (!VARIABLE.test(reference)) return undefined;
    if (OF_THE_PLATFORM.test(reference)) return { later: true };
    if (!variables.has(reference))
      return { failure: `the function has no environment variable ${reference}; ${PARAMETER}` };
    return variables.get(reference) === undefined ? { later: true } : undefined;
  };
}

const SECRETS_BELONG =
  'put it into a parameter (aws ssm put-parameter --type SecureString) and write ${ssm:/its/name} here';
const PARAMETER =
  'put the value into a parameter (aws ssm put-parameter --type SecureString) and write ${ssm:/its/name} here';
const WRITE_ONE = 'docs/deploying.md has one for AWS';
const NO_CONFIG = `there is no configuration (${CONFIG_FILES.join(' or ')}) in this folder: write one, or name yours with WATCH_CONFIG. ${WRITE_ONE}`;

function refuse(reason: string): number {
  say(`Nothing is packaged, because the function could not run: ${reason}`);
  return 2;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

process.exitCode = await check();
