import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type App, createApp, systemClock } from '../lib/app.ts';
import { DEFAULT_STATE, EXIT, type ExitCode, firstSentence } from '../lib/commands/command.ts';
import { findConfig, readConfig } from '../lib/config/environment.ts';
import { ConfigError } from '../lib/config/errors.ts';
import type { Config } from '../lib/config/schema.ts';
import { reasonOf } from '../lib/errors.ts';
import { count, isGood, jsonLine, type Log, textLine } from '../lib/log.ts';
import { rehearseHere, rehearseTo, SCENARIO_LINES, scenarioOf } from '../lib/rehearsal/occasions.ts';
import type { Scenario } from '../lib/rehearsal/scenarios.ts';
import { StoreError } from '../lib/store/errors.ts';
import { openStore } from '../lib/store/index.ts';
import manifest from '../package.json' with { type: 'json' };

const VERSION = `dcs-migration-watch ${manifest.version}`;

const HELP = `dcs-migration-watch: watches Huawei Cloud DCS migration tasks and tells Slack and webhooks what changed

npm start -- [options]
npm start -- deliveries list|redrive [options]   what is owed, arrived or dead; sends dead letters again (--help)

  --config FILE   the configuration (default: $WATCH_CONFIG, else watch.yml)
  --state FILE    where it remembers what was seen and told (default: .state/watch.db)
  --once          one tick, then exit
  --json          JSON lines instead of text
  --rehearse      play a whole migration in a simulated DCS API, through the channels of the configuration
  --scenario NAME rehearse one situation alone:
                    ${SCENARIO_LINES.join(`\n${' '.repeat(20)}`)}
  --help          this text
  --version       which version this is

Without a configuration it rehearses. Exit codes: 0 done, 1 the tick could not do its work, 2 the configuration or
the command line is wrong.`;

interface Options {
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly rehearse: boolean;
  readonly scenario: Scenario | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

async function main(argv: string[]): Promise<ExitCode> {
  try {
    return argv[0] === 'deliveries' ? await deliveries(argv.slice(1)) : await start(argv);
  } catch (error) {
    return fail(error, argv);
  }
}

/** Loaded only when it is asked for: a tick starts without it. */
async function deliveries(args: string[]): Promise<ExitCode> {
  const { deliveries } = await import('../lib/commands/deliveries.ts');
  return deliveries(args, { env: process.env, cwd: process.cwd(), write, complain });
}

async function start(argv: string[]): Promise<ExitCode> {
  const options = readOptions(argv);
  if (options === undefined) return EXIT.misused;
  if (options.help || options.version) {
    write(options.help ? HELP : VERSION);
    return EXIT.done;
  }
  return run(options);
}

function readOptions(argv: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        config: { type: 'string' },
        state: { type: 'string' },
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        rehearse: { type: 'boolean', default: false },
        scenario: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
    const scenario = values.scenario === undefined ? undefined : scenarioOf(values.scenario);
    const rehearse = values.rehearse || scenario !== undefined;
    return { config: undefined, state: undefined, ...values, rehearse, scenario };
  } catch (error) {
    const isMisplaced = argv.includes('deliveries');
    const problem = isMisplaced ? 'deliveries comes first, its options after it' : firstSentence(error);
    complain(`command line: ${problem}; --help shows the options`);
    return undefined;
  }
}

async function run(options: Options): Promise<ExitCode> {
  const found = findConfig({ option: options.config, env: process.env, cwd: process.cwd() });
  if (found === undefined) return runWithoutConfig(options);
  if (!options.rehearse) return watch(await readConfig(found, process.env), options);
  return rehearseWith(await readConfig(found, process.env, undefined, { channelsOnly: true }), options);
}

/** Whoever asks for one tick, or for a state file, wants real work and must not get a rehearsal instead. */
async function runWithoutConfig(options: Options): Promise<ExitCode> {
  if (!options.rehearse && (options.once || options.state !== undefined)) {
    throw new ConfigError(
      'no_config',
      `there is no watch.yml in ${process.cwd()}; write one (watch.example.yml shows how), or name it with --config`,
    );
  }
  await rehearseHere(occasionOf(options), options.rehearse);
  return EXIT.done;
}

async function rehearseWith({ channels }: Config, options: Options): Promise<ExitCode> {
  if (options.scenario?.takesLong) {
    complain(
      'command line: this scenario takes hours or days, and the time of your own channels is real; it is played only where there is no configuration',
    );
    return EXIT.misused;
  }
  await rehearseTo(channels, occasionOf(options));
  return EXIT.done;
}

/** Nobody reads along where the lines go into a file or to a program. */
function occasionOf({ json, scenario }: Options) {
  return { write, asJson: json, isReadAlong: process.stdout.isTTY && !json, scenario };
}

async function watch(config: Config, options: Options): Promise<ExitCode> {
  const log: Log = (entry) => {
    const now = new Date(systemClock.now());
    write(options.json ? jsonLine(entry, now) : textLine(entry, now));
  };
  for (const message of config.warnings) log({ kind: 'problem', message });
  const file = options.state ?? DEFAULT_STATE;
  const store = await openStore({ kind: 'sqlite', file }, systemClock.now);
  const stopping = options.once ? undefined : stopSignal();
  const app = createApp({ config, store, log, stopping });
  try {
    if (stopping === undefined) return isGood(await app.tick(app.patienceMs)) ? EXIT.done : EXIT.failed;
    await tickForEver(app, config, log, file, stopping);
    return EXIT.done;
  } finally {
    await app.close();
  }
}

/** Ticks until it is told to stop; the tick that is under way then is finished first. */
async function tickForEver(
  app: App,
  config: Config,
  log: Log,
  file: string,
  stopping: AbortSignal,
): Promise<void> {
  log({ kind: 'notice', message: introduce(config, file) });
  while (!stopping.aborted) {
    const startedAt = systemClock.elapsed();
    try {
      await app.tick(app.patienceMs);
    } catch (error) {
      // A store that is locked or full may recover; anything else will not by itself.
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      log({ kind: 'problem', message: `this tick could not do its work: ${error.message}` });
    }
    const left = Math.max(0, startedAt + config.settings.intervalMs - systemClock.elapsed());
    await sleep(left, undefined, { signal: stopping }).catch(() => undefined);
  }
  log({ kind: 'notice', message: 'stopped' });
}

/** A terminal signals whole groups of processes, and those that started us pass it on: so long it is the same one. */
const ONE_CTRL_C_MS = 1000;

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      const since = systemClock.elapsed();
      // A second time is meant: the record and its lease survive that, too.
      process.on(signal, () => {
        if (systemClock.elapsed() - since >= ONE_CTRL_C_MS)
          process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
      });
    });
  }
  return stop.signal;
}

function introduce({ projects, channels, settings }: Config, file: string): string {
  const tasks = projects.reduce((sum, project) => sum + project.tasks.length, 0);
  const found = projects.some(({ discover }) => discover !== undefined)
    ? ' and those that are discovered'
    : '';
  const names = Object.entries(channels).map(([name, { type }]) => `${name} (${type})`);
  return `watching ${count(tasks, 'task')}${found} in ${count(projects.length, 'project')} every ${settings.intervalMs / 1000} s, telling ${names.join(', ')}; state in ${file}`;
}

function fail(error: unknown, argv: readonly string[]): ExitCode {
  complain(reasonOf(error));
  if (error instanceof ConfigError) return EXIT.misused;
  if (!(error instanceof StoreError) || error.code === 'unavailable') return EXIT.failed;
  // Our own state that was damaged is nobody's mistake on the command line; another file that was named is.
  // `--state dead` names no file: see `deliveries`.
  const isNamed = argv.some(
    (arg, i) => arg.startsWith('--state') && /\W/.test(arg.split('=')[1] ?? argv[i + 1] ?? ''),
  );
  return error.code === 'corrupt' && !isNamed ? EXIT.failed : EXIT.misused;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`dcs-migration-watch: ${line}\n`);
}

// Whoever reads our lines went away (`| head`).
process.stdout.on('error', () => process.exit(EXIT.failed));
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
