import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import * as z from 'zod/mini';

const run = promisify(execFile);

const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.optional(z.record(z.string(), z.unknown())) }),
  ),
});

/** What `npm run package` makes, unpacked. */
export interface Packaged {
  /** Where the function's zip was unpacked: what the platform calls its task root. */
  readonly root: string;
  /** The path of the configuration in the zip. */
  readonly configFile: string;
  readonly zipBytes: number;
  /** Paths in the zip. */
  readonly files: readonly string[];
  readonly template: z.output<typeof TEMPLATE>;
  /** Everything the command printed. */
  readonly output: string;
}

const ALARM = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
  TreatMissingData: z.string(),
  AlarmActions: z.array(z.string()),
  OKActions: z.optional(z.array(z.string())),
});

/** The alarms of a template, by the metric they watch. */
export function alarmsOf({ template }: Packaged): Map<string, z.output<typeof ALARM>> {
  const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  return new Map(
    alarms.map(({ Properties }) => ALARM.parse(Properties)).map((alarm) => [alarm.MetricName, alarm]),
  );
}

const FUNCTION = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** The environment that the template gives the function, as far as it is known before the stack is there. */
export function environmentOf({ template }: Packaged): Record<string, string> {
  const { Environment } = FUNCTION.parse(template.Resources['WatchLambdaFunction']?.Properties);
  const known = Object.entries(Environment.Variables).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(known);
}

/**
 * Packages the project, as it was built, with this configuration. Without an account: the environment has no
 * credentials, and no network is needed.
 */
export async function packageWith(
  config: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Packaged> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-package-'));
  // Paths in a package are relative to the project, so the configuration lies beside the build. Others package, too.
  const configFile = `dist/${basename(folder)}.yml`;
  await writeFile(configFile, config);
  const packaging = run('node_modules/.bin/osls', ['package', '--package', folder], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      WATCH_CONFIG: configFile,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
  const { stdout, stderr } = await packaging.finally(() => rm(configFile));

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
    configFile,
    zipBytes: zip.length,
    files: Object.keys(unpacked),
    template: TEMPLATE.parse(JSON.parse(template)),
    output: stdout + stderr,
  };
}
