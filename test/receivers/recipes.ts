import { spawnSync } from 'node:child_process';
import { accessSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const RECIPES = readFileSync(new URL('../../docs/receivers.md', import.meta.url), 'utf8');

/** `npm run receivers` puts the receivers from npm here. */
const FROM_NPM = resolve('.receivers/node_modules');
/** Debian's own programs, whatever else the user has installed. */
const DEBIAN_PATH = '/usr/bin:/bin';

/** A file of a recipe, as the page shows it. */
export function fileOf(name: string): string {
  const [, rest] = RECIPES.split(`<!-- file: ${name} -->\n`);
  const text = /^```\w+\n([\s\S]*?)^```$/m.exec(rest ?? '')?.[1];
  if (text === undefined) throw new Error(`docs/receivers.md has no file ${name}`);
  return text;
}

export interface Recipe {
  readonly files: readonly string[];
  /** Checks the time of the signature. */
  readonly knowsTime: boolean;
  /** The answer to a forged signature. */
  readonly refusal: 401 | 500;
  command(port: number): readonly [file: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
  /** A package that this machine lacks, and how to get it; nothing if all are there. */
  missing(): string | undefined;
  /** Further files, made by the test. */
  readonly more?: (port: number) => Readonly<Record<string, string>>;
}

function runs(file: string, ...args: string[]): boolean {
  return spawnSync(file, args, { env: { PATH: DEBIAN_PATH } }).status === 0;
}

function missingFromNpm(name: string): string | undefined {
  try {
    accessSync(resolve(FROM_NPM, name, 'package.json'));
    return undefined;
  } catch {
    return `${name}: npm run receivers`;
  }
}

const NODE_RED_SETTINGS = (port: number) => `module.exports = {
  uiHost: '127.0.0.1', uiPort: ${port}, flowFile: 'flow.json', userDir: __dirname, disableEditor: true,
  httpAdminRoot: false, telemetry: { enabled: false }, externalModules: { autoInstall: false, palette: { allowInstall: false } },
  contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 0 } } },
};`;

/** The receivers of the page that npm or Debian have. */
export const STARTED: Readonly<Record<string, Recipe>> = {
  Express: {
    files: ['receiver.mjs'],
    knowsTime: true,
    refusal: 401,
    command: () => [process.execPath, 'receiver.mjs'],
    env: {},
    missing: () => missingFromNpm('express'),
  },
  Flask: {
    files: ['receiver.py'],
    knowsTime: true,
    refusal: 401,
    command: (port) => ['python3', '-m', 'flask', '--app', 'receiver', 'run', '--port', String(port)],
    env: { PATH: DEBIAN_PATH },
    missing: () =>
      runs('python3', '-c', 'import flask') ? undefined : 'python3-flask: apt-get install python3-flask',
  },
  'adnanh/webhook': {
    files: ['hooks.json', 'receive.sh'],
    knowsTime: false,
    refusal: 500,
    command: (port) => [
      'webhook',
      '-template',
      '-hooks',
      'hooks.json',
      '-ip',
      '127.0.0.1',
      '-port',
      String(port),
      '-verbose',
    ],
    env: { PATH: DEBIAN_PATH },
    missing: () =>
      runs('webhook', '-version') && runs('jq', '--version')
        ? undefined
        : 'webhook, jq: apt-get install webhook jq',
  },
  'Node-RED': {
    files: ['flow.json'],
    knowsTime: true,
    refusal: 401,
    command: () => [process.execPath, resolve(FROM_NPM, 'node-red/red.js'), '--settings', 'settings.js'],
    env: { NODE_PENDING_DEPRECATION: '0' },
    missing: () => missingFromNpm('node-red'),
    more: (port) => ({ 'settings.js': NODE_RED_SETTINGS(port) }),
  },
};
