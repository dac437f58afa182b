import { isAbsolute, relative } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { Secret } from '../../lib/base/secret.ts';
import { ConfigError } from '../../lib/config/errors.ts';
import { refusalFor } from '../../lib/config/load.ts';
import { CONFIG_FILES, findConfig } from '../../lib/config/source.ts';
import { readTextFile } from '../../lib/config/text-file.ts';

/** A configuration that the function can run with. */
export interface Checked {
  readonly text: string;
  /** The variables that it needs, in the order in which the file names them. */
  readonly variables: readonly string[];
}

const MAX_BYTES = 1_000_000;
const VARIABLE = /^[A-Za-z_]\w*$/;
const AGENCY = { accessKey: new Secret('agency'), secretKey: new Secret('agency') };
const HERE =
  'set a variable of the function (encrypted_variables in deploy/functiongraph) and write ${NAME} here';

/**
 * The configuration of this folder. Reads nothing but that file.
 *
 * @throws {ConfigError} says why the function could not run with it
 */
export async function checkedConfig(): Promise<Checked> {
  const place = findConfig({ env: process.env, cwd: process.cwd() });
  if (place === undefined) {
    throw refused(
      `there is no configuration (${CONFIG_FILES.join(' or ')}) in this folder: write one, or name yours with WATCH_CONFIG; docs/functiongraph.md has one`,
    );
  }
  if ('ssm' in place) throw refused('parameters (WATCH_CONFIG=ssm:…) can be read only on AWS; name a file');
  const { path, text } = await textOf(place.file);
  const variables = new Set<string>();
  const refusal = await refusalFor({
    text,
    file: path,
    env: {},
    keys: { source: "the keys of the function's agency", find: () => AGENCY },
    elsewhere(reference) {
      if (reference.startsWith('file:'))
        return { failure: `the function has no file ${reference.slice('file:'.length)}; ${HERE}` };
      if (!VARIABLE.test(reference)) return undefined;
      variables.add(reference);
      return { later: true };
    },
    secretsBelong: HERE,
  });
  if (refusal !== undefined) throw refusal;
  const buses = channelsOnAws(text);
  if (buses.length > 0)
    throw refused(`${path}: ${buses.map((name) => `channels.${name}: ${NO_AWS}`).join('; ')}`);
  return { text, variables: [...variables] };
}

async function textOf(file: string): Promise<{ readonly path: string; readonly text: string }> {
  const path = relative(process.cwd(), file);
  if (path.startsWith('..') || isAbsolute(path)) {
    throw refused(
      `${file} is outside this folder, so it cannot be packaged: move it here, and set WATCH_CONFIG to its path`,
    );
  }
  const read = await readTextFile(file, MAX_BYTES);
  if ('problem' in read) throw refused(`the configuration ${path} cannot be read: ${read.problem}`);
  return { path, text: read.text };
}

const CHANNELS = z.object({ channels: z.record(z.string(), z.object({ type: z.string() })) });
const NO_AWS =
  'Amazon EventBridge takes events only with credentials of AWS, which a function on FunctionGraph does not have; use a webhook, or run the watcher where they are';

function channelsOnAws(text: string): string[] {
  const parsed = CHANNELS.safeParse(parse(text, { logLevel: 'silent', merge: true }));
  return Object.entries(parsed.data?.channels ?? {}).flatMap(([name, { type }]) =>
    type === 'eventbridge' ? [name] : [],
  );
}

function refused(why: string): ConfigError {
  return new ConfigError('no_config', why);
}
