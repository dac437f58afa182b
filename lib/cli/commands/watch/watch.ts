import { count } from '../../../base/text.ts';
import { followConfig } from '../../../config/follow.ts';
import type { Config } from '../../../config/schema/file.ts';
import { type ConfigSource, findConfig, readConfig } from '../../../config/source.ts';
import { stateConfigOf } from '../../../config/state/state-config.ts';
import type { Scenario } from '../../../rehearsal/scenarios.ts';
import { stateGuard } from '../../../runtime/state-guard.ts';
import { createWarmApp } from '../../../runtime/warm-app.ts';
import type { ListenAddress } from '../../../server/address.ts';
import { healthProblems, isHealthy } from '../../../telemetry/health.ts';
import type { TickReport } from '../../../telemetry/log.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { noConfiguration, signsOfWork } from '../../intent.ts';
import { listenOption, prepareServing } from '../../listening.ts';
import {
  configOption,
  jsonOption,
  quietOption,
  type StateOptions,
  stateOption,
} from '../../options/options.ts';
import { channelOption, scenarioOption } from '../../options/start.ts';
import { assertNotMigrated } from '../../state/migrated-state.ts';
import { openState, statePlace } from '../../state/state-place.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { eventfulTicks } from '../../terminal/tick-lines.ts';
import { versionText } from '../../version.ts';
import { rehearse } from '../rehearse.ts';
import { introductionOf } from './introduction.ts';
import { tickForEver } from './loop.ts';

/** `watch`, also without a word: ticks until it is stopped. Its options may ask for a rehearsal instead. */
export function command({ terminal, command, ends }: Cli) {
  return command('watch', 'look at the tasks of the configuration until it is stopped, and report changes', [
    ['watch', 'until SIGTERM; SIGHUP or a changed file: the configuration is read again'],
    ['watch --once', 'one tick; exit code 1 when it was not healthy'],
    ['watch --listen 8080', 'with a page on http://127.0.0.1:8080/, and /metrics for Prometheus'],
    ['watch --rehearse', 'play a migration to the chats of the configuration, as a drill'],
  ])
    .addOption(configOption())
    .addOption(stateOption())
    .option('--once', 'one tick, then exit', false)
    .addOption(listenOption())
    .addOption(jsonOption('JSON lines instead of text'))
    .addOption(quietOption())
    .option('--rehearse', 'as the command rehearse', false)
    .addOption(scenarioOption())
    .addOption(channelOption())
    .version(versionText(), '--version', 'print the version')
    .action((options) => ends(start(options, terminal)));
}

interface WatchOptions extends StateOptions {
  readonly once: boolean;
  readonly rehearse: boolean;
  readonly scenario?: Scenario | undefined;
  readonly channel?: readonly string[] | undefined;
  readonly listen?: ListenAddress | undefined;
}

/** Without a configuration, and without any sign that real work is meant, it rehearses. */
async function start(options: WatchOptions, terminal: Terminal): Promise<ExitCode> {
  const { channel = [] } = options;
  const isRehearsal = options.rehearse || options.scenario !== undefined;
  if (channel.length > 0 && !isRehearsal) {
    terminal.complain('command line: --channel requires --rehearse or --scenario');
    return EXIT.misused;
  }
  if (options.listen !== undefined && (isRehearsal || options.once)) {
    terminal.complain(
      'command line: --listen is for a watcher that goes on, not for one tick or a rehearsal',
    );
    return EXIT.misused;
  }
  const { env, cwd } = terminal;
  const found = isRehearsal ? undefined : findConfig({ option: options.config, env, cwd });
  if (found !== undefined) return watch(found, options, terminal);
  if (!isRehearsal) refuseWork(options, terminal);
  return rehearse({ ...options, channel }, terminal, options.rehearse);
}

/** @throws {ConfigError} for any sign of real work, which must not get a rehearsal instead */
function refuseWork({ once, state, listen }: WatchOptions, { env, cwd, isReadAlong }: Terminal): void {
  const given = [
    once ? '--once' : '',
    state === undefined ? '' : '--state',
    listen === undefined ? '' : '--listen',
  ];
  const options = given.filter((option) => option !== '');
  const signs = signsOfWork({ options, env, cwd, isTerminal: isReadAlong });
  if (signs.length > 0) throw noConfiguration(cwd, signs);
}

async function watch(place: ConfigSource, options: WatchOptions, terminal: Terminal): Promise<ExitCode> {
  const { env, clock, hasTerminal } = terminal;
  const serving = await prepareServing(options.listen, terminal);
  const read = () => readConfig(place, env);
  const config = await read();
  const lines = terminal.log(config.settings.timeZone);
  // Programs count ticks; people read what happens.
  const shown = options.json || options.once ? lines : eventfulTicks(lines, clock.elapsed);
  const log = serving?.followed(shown) ?? shown;
  const warn = (message: string) => log({ kind: 'problem', message });
  for (const message of config.warnings) warn(message);
  const { state, store } = await openUnmigrated(options.state, { config, terminal, warn });
  const signals = options.once ? undefined : terminal.signals();
  // `| head` in a terminal ends it, in peace. Elsewhere a watcher has more to do than to write its log.
  terminal.onWriteFailure((reason) => {
    if (reason === 'gone' && hasTerminal) signals?.stop('SIGTERM');
  });
  const { reload, readAgain } = followConfig({ place, config, read });
  const app = await createWarmApp({
    config,
    reload,
    store,
    log,
    clock,
    guard: await stateGuard(state.choice),
    stopping: signals?.stopping,
  });
  try {
    if (signals === undefined) return exitOf(await app.tick(app.budgetMs), terminal);
    log({ kind: 'notice', message: await introductionOf(app, { config, state: state.name, terminal }) });
    await serving?.start({ app, store, log });
    await tickForEver({ app, log, signals, readAgain, clock, tickFailed: serving?.tickFailed });
    return EXIT.done;
  } finally {
    await serving?.close();
    await app.close();
  }
}

interface Opening {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly warn: (message: string) => void;
}

/**
 * Opens the state of a watcher.
 *
 * @throws {StoreError} where a migration that is watched would overwrite it
 */
async function openUnmigrated(option: string | undefined, { config, terminal, warn }: Opening) {
  const state = statePlace(option, config, terminal);
  const store = await openState(state, terminal, warn);
  const now = new Date(terminal.clock.now());
  await assertNotMigrated(state, { config: await stateConfigOf(config), store, now });
  return { state, store };
}

/** One tick reports the health of the watcher to whoever started it, with the reasons where it is not well. */
function exitOf(report: TickReport, { complain }: Terminal): ExitCode {
  if (isHealthy(report)) return EXIT.done;
  const { failedRecords } = report;
  const unsaved = failedRecords > 0 ? [`${count(failedRecords, 'record')} not read or saved`] : [];
  complain(`this tick was not healthy: ${[...unsaved, ...healthProblems(report)].join('; ')}`);
  return EXIT.failed;
}
