import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { reasonOf } from '../lib/base/errors.ts';
import { systemClock } from '../lib/base/system-clock.ts';
import { DEFAULT_STATE, EXIT, type ExitCode, firstSentence } from '../lib/cli/command.ts';
import { meantForUs, noConfiguration, signsOfWork } from '../lib/cli/intent.ts';
import { createOutput } from '../lib/cli/output.ts';
import { listenToSignals, type Signals } from '../lib/cli/signals.ts';
import { ConfigError } from '../lib/config/errors.ts';
import { followConfig } from '../lib/config/follow.ts';
import type { Config } from '../lib/config/schema/file.ts';
import { type ConfigPlace, findConfig, readConfig } from '../lib/config/source.ts';
import { audienceOf } from '../lib/rehearsal/audience.ts';
import type { Scenario } from '../lib/rehearsal/scenarios.ts';
import { rehearseHere, rehearseTo, SCENARIO_LINES, scenarioOf } from '../lib/rehearsal/start.ts';
import { untilNextTick } from '../lib/runtime/next-tick.ts';
import { createWarmApp, type WarmApp } from '../lib/runtime/service.ts';
import { StoreError } from '../lib/store/errors.ts';
import { openStore } from '../lib/store/index.ts';
import { ailments, type BrokenChannel, isHealthy } from '../lib/telemetry/health.ts';
import { count, jsonLine, type Log, type LogEntry, type TickReport, textLine } from '../lib/telemetry/log.ts';
import manifest from '../package.json' with { type: 'json' };

const VERSION = `dcs-migration-watch ${manifest.version}`;

const HELP = `dcs-migration-watch: watches Huawei Cloud DCS migration tasks and tells Slack and webhooks what changed

npm start -- [options]
npm start -- deliveries list|retry|redrive [options]   what is owed, arrived or dead; sends dead letters again (--help)

  --config FILE   the configuration (default: $WATCH_CONFIG, else watch.yml or watch.yaml)
  --state FILE    where it remembers what was seen and told (default: .state/watch.db)
  --once          one tick, then exit
  --json          JSON lines instead of text
  --rehearse      play a whole migration in a simulated DCS API, and tell it to the chats of the configuration, marked
                  as a drill
  --channel NAME  tell the rehearsal to this channel, too, whatever it is; may be given several times
  --scenario NAME rehearse one situation alone:
                    ${SCENARIO_LINES.join(`\n${' '.repeat(20)}`)}
  --help          this text
  --version       which version this is

Without a configuration, and without any sign that real work is meant, it rehearses. SIGTERM stops it after its tick,
SIGHUP or a changed file makes it read the configuration again. Exit codes: 0 done, 1 the tick could not do its work,
saw nothing of a project, a channel is broken, or not all of a rehearsal arrived, 2 the configuration or the command
line is wrong.`;

/** The options that npm takes for its own where the second `--` is missing. */
const OWN_OPTIONS = ['once', 'json', 'rehearse', 'scenario', 'config', 'state', 'channel'];

const lines = createOutput(process.stdout, (message) =>
  lineOf({ kind: 'problem', message }, process.argv.includes('--json')),
);
const complaints = createOutput(process.stderr, (message) => `dcs-migration-watch: ${message}`);

interface Options {
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly rehearse: boolean;
  readonly scenario: Scenario | undefined;
  readonly channel: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

async function main(argv: string[]): Promise<ExitCode> {
  try {
    const [command, ...args] = argv;
    if (command === 'deliveries') return await deliveries(args);
    return await start(command === 'rehearse' ? ['--rehearse', ...args] : argv);
  } catch (error) {
    return fail(error, argv);
  }
}

/** Loaded only when it is asked for: a tick starts without it. */
async function deliveries(args: string[]): Promise<ExitCode> {
  const { deliveries } = await import('../lib/cli/deliveries/deliveries.ts');
  return deliveries(args, { env: process.env, cwd: process.cwd(), write, complain });
}

async function start(argv: string[]): Promise<ExitCode> {
  const meant = meantForUs(OWN_OPTIONS, argv, process.env);
  if (meant !== undefined) {
    complain(`command line: npm took options that are meant for this command; type: ${meant}`);
    return EXIT.misused;
  }
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
        channel: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
    const scenario = values.scenario === undefined ? undefined : scenarioOf(values.scenario);
    const rehearse = values.rehearse || scenario !== undefined;
    if (values.channel.length > 0 && !rehearse)
      throw new Error('--channel goes with --rehearse or --scenario');
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
  if (!options.rehearse) return watch(found, options);
  return rehearseWith(await readConfig(found, process.env, undefined, { channelsOnly: true }), options);
}

/** Whoever shows any sign of real work must not get a rehearsal instead. */
async function runWithoutConfig(options: Options): Promise<ExitCode> {
  const cwd = process.cwd();
  const given = [options.once ? '--once' : '', options.state === undefined ? '' : '--state'];
  const signs = signsOfWork({
    options: given.filter((option) => option !== ''),
    env: process.env,
    cwd,
    isTerminal: process.stdout.isTTY,
  });
  if (!options.rehearse && signs.length > 0) throw noConfiguration({ cwd }, signs);
  if (options.channel.length > 0) throw noConfiguration({ cwd }, ['--channel is given']);
  return exitOfRehearsal(await rehearseHere(occasionOf(options), options.rehearse));
}

async function rehearseWith({ channels, proxies }: Config, options: Options): Promise<ExitCode> {
  if (options.scenario?.takesLong) {
    complain(
      'command line: this scenario takes hours or days, and the time of your own channels is real; it is played only where there is no configuration',
    );
    return EXIT.misused;
  }
  const audience = audienceOf(channels, options.channel);
  if (typeof audience === 'string') {
    complain(`command line: ${audience}`);
    return EXIT.misused;
  }
  const occasion = { ...occasionOf(options), ...(proxies !== undefined && { proxies }) };
  return exitOfRehearsal(await rehearseTo(audience, occasion));
}

function exitOfRehearsal(hasArrived: boolean): ExitCode {
  return hasArrived ? EXIT.done : EXIT.failed;
}

/** Nobody reads along where the lines go into a file or to a program. */
function occasionOf({ json, scenario }: Options) {
  return { write, asJson: json, isReadAlong: process.stdout.isTTY && !json, scenario };
}

async function watch(place: ConfigPlace, options: Options): Promise<ExitCode> {
  const read = () => readConfig(place, process.env);
  const config = await read();
  const log: Log = (entry) => write(lineOf(entry, options.json));
  for (const message of config.warnings) log({ kind: 'problem', message });
  const file = options.state ?? DEFAULT_STATE;
  const store = await openStore({ kind: 'sqlite', file }, systemClock.now);
  const { stdin, stdout, stderr } = process;
  const hasTerminal = stdin.isTTY || stdout.isTTY || stderr.isTTY;
  const signals = options.once ? undefined : listenToSignals(process.env, hasTerminal);
  // `| head` in a terminal ends it, in peace.
  lines.onTrouble((trouble) => {
    if (trouble === 'gone' && hasTerminal && signals !== undefined) process.kill(process.pid, 'SIGTERM');
  });
  const { keep, readAgain } = followConfig({ place, config, read });
  const app = createWarmApp({ config, keep, store, log, stopping: signals?.stopping });
  try {
    if (signals === undefined) return exitOf(await app.tick(app.patienceMs));
    log({ kind: 'notice', message: introduce(config, file, await brokenAtStart(app)) });
    await tickForEver(app, log, signals, readAgain);
    return EXIT.done;
  } finally {
    await app.close();
  }
}

function lineOf(entry: LogEntry, asJson: boolean): string {
  const now = new Date(systemClock.now());
  return asJson ? jsonLine(entry, now) : textLine(entry, now);
}

/** One tick tells whoever started it how the watcher is, and why it is not well. */
function exitOf(report: TickReport): ExitCode {
  if (isHealthy(report)) return EXIT.done;
  const { failedRecords } = report;
  const unsaved = failedRecords > 0 ? [`${count(failedRecords, 'record')} not read or saved`] : [];
  complain(`this tick was not a healthy one: ${[...unsaved, ...ailments(report)].join('; ')}`);
  return EXIT.failed;
}

/** Ticks until it is told to stop; the tick that is under way then is finished first. */
async function tickForEver(
  app: WarmApp,
  log: Log,
  { stopping, reloading }: Signals,
  readAgain: () => void,
): Promise<void> {
  while (!stopping.aborted) {
    const reload = reloading();
    const startedAt = systemClock.elapsed();
    let report: TickReport | undefined;
    try {
      report = await app.tick(app.patienceMs);
    } catch (error) {
      // A store that is locked or full may recover; anything else will not by itself.
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      log({ kind: 'problem', message: `this tick could not do its work: ${error.message}` });
    }
    const planned = startedAt + app.config.settings.intervalMs - systemClock.elapsed();
    const left = untilNextTick(planned, report, systemClock.now());
    await sleep(left, undefined, { signal: AbortSignal.any([stopping, reload]) }).catch(() => undefined);
    if (!reload.aborted) continue;
    log({ kind: 'notice', message: 'SIGHUP: the configuration is read again' });
    readAgain();
  }
  const why = String(stopping.reason).startsWith('SIG') ? '' : `: ${stopping.reason}`;
  log({ kind: 'notice', message: `stopped${why}` });
}

/** What cannot be read now, the first tick complains of. */
async function brokenAtStart(app: WarmApp): Promise<readonly BrokenChannel[]> {
  return app.brokenChannels().catch(() => []);
}

function introduce(
  { projects, channels, settings }: Config,
  file: string,
  broken: readonly BrokenChannel[],
): string {
  const tasks = projects.reduce((sum, project) => sum + project.tasks.length, 0);
  const listed = tasks > 0 ? [count(tasks, 'task')] : [];
  const found = projects.some(({ discover }) => discover !== undefined)
    ? [tasks > 0 ? 'those that are discovered' : 'the tasks that are discovered']
    : [];
  const names = Object.entries(channels).map(([name, { type }]) => `${name} (${type})`);
  const ill = ailments({ blind: [], silent: [], broken }).map((words) => `; ${words}`);
  return `watching ${[...listed, ...found].join(' and ')} in ${count(projects.length, 'project')} every ${settings.intervalMs / 1000} s, telling ${names.join(', ')}; state in ${file}${ill.join('')}`;
}

function fail(error: unknown, argv: readonly string[]): ExitCode {
  complain(reasonOf(error));
  if (error instanceof ConfigError) return EXIT.misused;
  if (!(error instanceof StoreError) || error.code === 'unavailable' || error.code === 'lost')
    return EXIT.failed;
  // Our own state that was damaged is nobody's mistake on the command line; another file that was named is.
  // `--state dead` names no file: see `deliveries`.
  const isNamed = argv.some(
    (arg, i) => arg.startsWith('--state') && /\W/.test(arg.split('=')[1] ?? argv[i + 1] ?? ''),
  );
  return error.code === 'corrupt' && !isNamed ? EXIT.failed : EXIT.misused;
}

function write(line: string): void {
  lines.write(line);
}

function complain(line: string): void {
  complaints.write(`dcs-migration-watch: ${line}`);
}

// Who asks for lines and cannot have them asks for nothing else; a watcher has more to tell than its log.
lines.onTrouble(() => process.exit(EXIT.failed));
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
