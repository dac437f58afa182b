import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { defined } from '../../lib/base/defined.ts';

const run = promisify(execFile);

/** Whether tests that build and run a container are left out: never where its tools must be there. */
export const NO_CONTAINERS =
  process.env['CONTAINERS_REQUIRED'] === undefined &&
  ['buildah', 'runc'].some((tool) => spawnSync(tool, ['--version']).status !== 0);

/** The user of the image; distroless calls it `nonroot`. */
export const UID = 65532;

const IMAGE_CONFIG = z.object({
  User: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Cmd: z.nullish(z.array(z.string())),
  WorkingDir: z.string(),
  Volumes: z.record(z.string(), z.unknown()),
  Labels: z.record(z.string(), z.string()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
});
const INSPECTED = z.object({ Docker: z.object({ config: IMAGE_CONFIG }) });
const LISTED = z.tuple([z.object({ size: z.string() })]);

/** What a Dockerfile makes, and its files where they can be looked at. */
export interface Image {
  readonly config: z.output<typeof IMAGE_CONFIG>;
  readonly rootfs: string;
  /** As the builder says it: `135 MB`. */
  readonly size: string;
  close(): Promise<void>;
}

/**
 * Builds the Dockerfile without a daemon and without a network: on a base of this machine's Node and its libraries, which
 * lie where distroless has them.
 */
export async function buildImage(dockerfile: string): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-image-'));
  const places = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run')];
  const env = { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' };
  const buildah = async (...words: string[]) => {
    const { stdout } = await run('buildah', [...places, ...words], { env, maxBuffer: 1e8 });
    return stdout.trim();
  };

  const base = await buildah('from', 'scratch');
  const node = await realpath(process.execPath);
  await buildah('copy', base, node, '/nodejs/bin/node');
  const libraries = (await run('ldd', [node])).stdout.match(/\/\S+(?= \()/g) ?? [];
  for (const library of libraries) await buildah('copy', base, await realpath(library), library);
  await buildah('commit', base, 'localhost/base');

  const image = 'localhost/built';
  const options = [
    '--format',
    'docker',
    '--build-arg',
    'BASE=localhost/base',
    '--build-arg',
    'VERSION=1.2.3',
  ];
  await buildah('build', ...options, '--file', dockerfile, '--tag', image, '.');
  const inspected: unknown = JSON.parse(await buildah('inspect', '--type', 'image', image));
  const [{ size }] = LISTED.parse(JSON.parse(await buildah('images', '--json', image)));
  return {
    config: INSPECTED.parse(inspected).Docker.config,
    rootfs: await buildah('mount', await buildah('from', image)),
    size,
    async close() {
      await buildah('umount', '--all');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ContainerOptions {
  /** Behind the entry point. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of this machine, by their place in the container. Only `/state` can be written. */
  readonly folders?: Readonly<Record<string, string>>;
  /** The names of the system calls that are permitted; by default all. */
  readonly systemCalls?: readonly string[];
}

export interface Container {
  /** Everything that it has printed so far. */
  output(): string;
  /** Its first process, as this machine numbers it. */
  pid(): Promise<number>;
  /** Runs another command inside. */
  execute(command: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  kill(signal: string): Promise<void>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  close(): Promise<void>;
}

/**
 * Starts the image as a careful platform does: its own user, a root that cannot be written, no capabilities and no way to
 * any. The network is that of this machine, where the simulated API is.
 */
export async function startContainer(image: Image, options: ContainerOptions = {}): Promise<Container> {
  const bundle = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-container-'));
  await writeFile(join(bundle, 'config.json'), JSON.stringify(runtimeConfig(image, options)));
  for (const place of Object.keys(options.folders ?? {})) {
    await mkdir(join(image.rootfs, place), { recursive: true });
  }
  const id = randomUUID();
  const runc = (...words: string[]) => ['--root', join(bundle, 'runc'), ...words];
  const started = spawn('runc', runc('run', '--bundle', bundle, id), { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collected(started);
  const ended = once(started, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return {
    output,
    async pid() {
      const { stdout } = await run('runc', runc('state', id));
      return z.object({ pid: z.number() }).parse(JSON.parse(stdout)).pid;
    },
    async execute(command) {
      const child = spawn('runc', runc('exec', id, ...command), { stdio: ['ignore', 'pipe', 'pipe'] });
      const text = collected(child);
      const [code] = await once(child, 'close');
      return { code: Number(code), output: text() };
    },
    async kill(signal) {
      await run('runc', runc('kill', id, signal));
    },
    ended,
    async close() {
      if (started.exitCode === null) await run('runc', runc('kill', id, 'KILL')).catch(() => undefined);
      await ended;
      await rm(bundle, { recursive: true, force: true });
    },
  };
}

function collected({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

const NAMESPACES = ['pid', 'mount', 'ipc', 'uts'];
const MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
];

/** For the runtime: opencontainers/runtime-spec, config.md. */
function runtimeConfig({ config, rootfs }: Image, options: ContainerOptions): object {
  const { args = [], env = {}, folders = {}, systemCalls } = options;
  const [uid, gid] = config.User.split(':').map(Number);
  const own = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    ociVersion: '1.0.2',
    root: { path: rootfs, readonly: true },
    process: {
      user: { uid, gid },
      args: [...config.Entrypoint, ...(config.Cmd ?? []), ...args],
      env: [...config.Env, ...own],
      cwd: config.WorkingDir,
      capabilities: {},
      noNewPrivileges: true,
    },
    mounts: [
      ...MOUNTS,
      ...Object.entries(folders).map(([destination, source]) => ({
        destination,
        source,
        options: ['bind', destination === '/state' ? 'rw' : 'ro'],
      })),
    ],
    linux: defined({
      namespaces: NAMESPACES.map((type) => ({ type })),
      seccomp: systemCalls === undefined ? undefined : permitting(systemCalls),
    }),
  };
}

/** As systemd's `SystemCallFilter` with `SystemCallErrorNumber=EPERM`. */
function permitting(names: readonly string[]): object {
  // The runtime itself needs these before it starts the program.
  const ofTheRuntime = ['capget', 'capset', 'setgroups', 'setuid', 'setgid', 'chdir', 'execve'];
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    syscalls: [{ names: [...names, ...ofTheRuntime], action: 'SCMP_ACT_ALLOW' }],
  };
}
