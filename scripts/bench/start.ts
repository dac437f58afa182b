import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import * as z from 'zod/mini';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { startSimulator } from '../../lib/simulator/simulator.ts';
import { startTestReceiver } from '../../test/support/receiver.ts';
import { startDynalite } from '../../test/support/store-dynalite.ts';
import { leanUndici } from '../build/plugins.ts';
import { taskIds } from './tasks.ts';
import { median, PROJECT_ID } from './world.ts';

const run = promisify(execFile);
const PAIRS = 16;
const OURS = resolve('dist/watch.mjs');
/** The share of a CPU that an invocation has at 512 MB: 1,769 MB are a whole one. INIT has one, whatever the memory. */
const SHARE = 512 / 1769;
const KEY = { accessKey: 'BENCHACCESSKEY000001', secretKey: 'bench-secret-key' };
const STATE_TABLE = 'bench';
const [TASK = ''] = taskIds(1);

const COLD = z.object({ initMs: z.number(), callMs: z.number(), wallMs: z.number(), answer: z.unknown() });
type Cold = z.output<typeof COLD>;
type Env = Readonly<Record<string, string>>;

/**
 * A cold start with one task and one Slack channel, INIT and first tick, against a function written by hand that makes one
 * signed GET and one read from DynamoDB with the same libraries; in pairs, one after the other. Both are as long as their
 * CPU takes: that of INIT, and that of the call with its share.
 */
export async function benchStart(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-bench-'));
  const byHand = join(folder, 'by-hand.cjs');
  await bundleByHand(byHand);
  const world = await startWorld(folder);
  // The first one sends the task to the chat; from then on nothing changes, as in most cold starts.
  await coldStart(OURS, world.env);
  const pairs: { byHand: Cold; ours: Cold }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({ byHand: await coldStart(byHand, world.env), ours: await coldStart(OURS, world.env) });
  }
  await world.close();
  await rm(folder, { recursive: true });

  const ratio = median(pairs.map(({ byHand, ours }) => total(ours) / total(byHand)));
  return [
    `cold start of the function, INIT and first tick with 29 % of a CPU: ${ratio.toFixed(2)}× one written by hand (at most 1.5×)`,
    `(${words(pairs.map(({ ours }) => ours))} against ${words(pairs.map(({ byHand }) => byHand))}, ${PAIRS} pairs);`,
    `zip ${((await zipBytes()) / 1000).toFixed(0)} kB (at most 680 kB)`,
  ].join(' ');
}

const total = ({ initMs, callMs }: Cold) => initMs + callMs / SHARE;

function words(colds: readonly Cold[]): string {
  const of = (figure: (cold: Cold) => number) => median(colds.map(figure)).toFixed(0);
  return `${of(total)} ms: CPU ${of(({ initMs }) => initMs)} + ${of(({ callMs }) => callMs)} ms`;
}

/** An API, a table and a chat on this machine, and what a function finds in its environment. */
async function startWorld(folder: string): Promise<{ env: Env; close(): Promise<void> }> {
  const simulator = await startSimulator({ credentials: KEY, projectId: PROJECT_ID });
  // A task that waits to be configured has no statistics: one look is one call.
  simulator.setTask(TASK, realisticAnswer('RUNNING', { task_id: TASK }));
  const dynalite = await startDynalite();
  await dynalite.createTable(STATE_TABLE);
  const receiver = await startTestReceiver();
  const endpoint = simulator.endpoint.href;
  const projects = [{ id: PROJECT_ID, region: 'cn-north-4', endpoint, allowInsecure: true, tasks: [TASK] }];
  const channels = { ops: { type: 'slack', url: receiver.url('/ops'), allowInsecure: true } };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify({ projects, channels }));
  return {
    env: {
      ...dynalite.env,
      STATE_TABLE,
      LAMBDA_TASK_ROOT: folder,
      HUAWEICLOUD_SDK_AK: KEY.accessKey,
      HUAWEICLOUD_SDK_SK: KEY.secretKey,
      NODE_OPTIONS: '--max-semi-space-size=8',
      TASK_URL: new URL(`/v2/${PROJECT_ID}/migration-task/${TASK}`, endpoint).href,
    },
    async close() {
      await Promise.all([simulator.close(), dynalite.close(), receiver.close()]);
    },
  };
}

async function bundleByHand(outfile: string): Promise<void> {
  await build({
    entryPoints: ['scripts/bench/by-hand.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins: [leanUndici],
  });
}

async function coldStart(file: string, env: Env): Promise<Cold> {
  const program = resolve('scripts/bench/cold-start.cjs');
  const { stdout } = await run(process.execPath, [program, file], { env });
  const [, figures = ''] = /^COLD (.*)$/m.exec(stdout) ?? [];
  return COLD.parse(JSON.parse(figures));
}

/** The content of the package, without a configuration. */
async function zipBytes(): Promise<number> {
  const parts = (await readdir('dist/watch-parts')).map((name) => `dist/watch-parts/${name}`);
  const files = await Promise.all(
    ['dist/watch.mjs', 'dist/watch.cjs', ...parts].map(async (path) => [path, await readFile(path)] as const),
  );
  return zipSync(Object.fromEntries(files), { level: 9 }).length;
}
