import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import * as z from 'zod/mini';

const run = promisify(execFile);

const TEMPLATE = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.optional(z.unknown()) })),
});

/** What `npm run package` makes, unpacked. */
export interface Packaged {
  /** Where the function's zip was unpacked: what the platform calls its task root. */
  readonly root: string;
  readonly zipBytes: number;
  /** Paths in the zip. */
  readonly files: readonly string[];
  readonly template: z.output<typeof TEMPLATE>;
  /** Everything the command printed. */
  readonly output: string;
}

/**
 * Packages the project, as it was built, with this configuration. Without an account: the environment has no
 * credentials, and no network is needed.
 */
export async function packageWith(config: string): Promise<Packaged> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-package-'));
  // Paths in a package are relative to the project, so the configuration lies beside the build.
  const file = 'dist/packaged-watch.yml';
  await writeFile(file, config);
  const { stdout, stderr } = await run('node_modules/.bin/osls', ['package', '--package', folder], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      WATCH_CONFIG: file,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });

  const zipName = (await readdir(folder)).find((name) => name.endsWith('.zip')) ?? 'no zip';
  const zip = await readFile(join(folder, zipName));
  const unpacked = unzipSync(zip);
  const root = join(folder, 'unpacked');
  for (const [path, content] of Object.entries(unpacked)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  const template = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return {
    root,
    zipBytes: zip.length,
    files: Object.keys(unpacked),
    template: TEMPLATE.parse(JSON.parse(template)),
    output: stdout + stderr,
  };
}
