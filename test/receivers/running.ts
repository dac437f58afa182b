import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../http/servers.ts';
import { fileOf, type Recipe } from './recipes.ts';

/** Notes the task that it is called with, or fails where a file of this name is there. */
const CUT_OVER = `#!/bin/sh
[ ! -e fail ] || exit 3
echo "$1" >>acted
`;
/** Node-RED takes half a minute on a busy machine. */
const LONGEST_START_MS = 180_000;

/** A receiver in a process and a folder of its own. */
export class Receiver {
  readonly #recipe: Recipe;
  readonly #secrets: Readonly<Record<string, string>>;
  #folder = '';
  #port = 0;
  #process: ChildProcess | undefined;
  #printed = '';

  constructor(recipe: Recipe, secrets: Readonly<Record<string, string>>) {
    this.#recipe = recipe;
    this.#secrets = secrets;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hooks/dcs`;
  }

  async prepare(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'receiver-'));
    this.#port = await freePort();
    const more = Object.entries(this.#recipe.more?.(this.#port) ?? {});
    const files = [...this.#recipe.files.map((name) => [name, fileOf(name)] as const), ...more];
    for (const [name, text] of [...files, ['cut-over', CUT_OVER] as const]) {
      await writeFile(join(this.#folder, name), text);
      await chmod(join(this.#folder, name), 0o755);
    }
    await symlink(resolve('.receivers/node_modules'), join(this.#folder, 'node_modules'));
  }

  async start(): Promise<void> {
    const [file, ...args] = this.#recipe.command(this.#port);
    const own = spawn(file, args, {
      cwd: this.#folder,
      env: {
        PATH: process.env['PATH'],
        HOME: this.#folder,
        PORT: String(this.#port),
        CUT_OVER: './cut-over',
        ...this.#secrets,
        ...this.#recipe.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = own;
    const print = (chunk: Buffer) => {
      this.#printed += chunk.toString();
    };
    own.stdout.on('data', print);
    own.stderr.on('data', print);
    const until = Date.now() + LONGEST_START_MS;
    while (!(await this.#isUp())) {
      if (own.exitCode !== null || Date.now() > until)
        throw new Error(`it does not start:\n${this.#printed}`);
      await wait(100);
    }
  }

  /** It is up when it refuses what nobody has signed. */
  async #isUp(): Promise<boolean> {
    const answer = await fetch(this.url, { method: 'POST', body: '{}', headers: JSON_TYPE }).catch(
      () => undefined,
    );
    return answer?.status === 401;
  }

  async stop(): Promise<void> {
    const own = this.#process;
    if (own === undefined || own.exitCode !== null || own.signalCode !== null) return;
    const ended = once(own, 'exit');
    own.kill('SIGTERM');
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The tasks that it has cut over, in order. */
  async acted(): Promise<string[]> {
    const text = await readFile(join(this.#folder, 'acted'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Lets its next actions fail, or no longer. */
  async failing(isFailing: boolean): Promise<void> {
    const file = join(this.#folder, 'fail');
    if (isFailing) await writeFile(file, '');
    else await rm(file, { force: true });
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
