import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const run = promisify(execFile);

/** A folder like the project's own, in which the real command runs. */
export interface PackagingFolder {
  readonly folder: string;
  /** Runs `npm run package:functiongraph` with this file, or without one. */
  package(text: string | undefined, options?: PackagingOptions): Promise<Ran>;
  close(): Promise<void>;
}

interface PackagingOptions {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Nothing where none was written. */
  readonly zip: Buffer | undefined;
}

export async function packagingFolder(): Promise<PackagingFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-graph-'));
  for (const name of ['functions', 'lib', 'scripts', 'node_modules', 'package.json', 'tsconfig.json']) {
    await symlink(resolve(name), join(folder, name));
  }
  return {
    folder,
    async package(text, { name = 'watch.yml', env = {} } = {}) {
      for (const each of ['watch.yml', 'watch.yaml']) await rm(join(folder, each), { force: true });
      if (text !== undefined) await writeFile(join(folder, name), text);
      const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env } };
      const ran = run(process.execPath, ['scripts/package-functiongraph.ts'], options);
      const { code, stdout, stderr } = await ran.then(
        (both) => ({ code: 0, ...both }),
        (error: unknown) => Object(error),
      );
      const zip = await readFile(join(folder, '.functiongraph/dcs-migration-watch.zip')).catch(
        () => undefined,
      );
      return { code: Number(code), out: String(stdout), err: String(stderr), zip };
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** Unpacks a zip into a folder of its own, as the platform does. */
export async function unpacked(zip: Buffer): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-code-'));
  for (const [name, content] of Object.entries(unzipSync(zip))) await writeFile(join(root, name), content);
  return root;
}
