import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createChannels, newStamp, patienceMs, systemClock, watchedProject } from '../app.ts';
import { CONFIG_FILES, findConfig, readConfig } from '../config/environment.ts';
import { ConfigError } from '../config/errors.ts';
import type { Config } from '../config/schema.ts';
import { loadBooks } from '../deliveries/books.ts';
import { listDeliveries, STATES } from '../deliveries/list.ts';
import { redrive } from '../deliveries/redrive.ts';
import { adviceOn, jsonOf, tableOf } from '../deliveries/table.ts';
import { redriveJson, redriveLines } from '../deliveries/words.ts';
import { createHttpClient } from '../http/undici.ts';
import { jsonLine, type Log, oneLine, textLine } from '../log.ts';
import { StoreError } from '../store/errors.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/store.ts';
import { DEFAULT_STATE, EXIT, type ExitCode, type Terminal } from './command.ts';
import { DELIVERIES_HELP, type DeliveriesOptions, readDeliveriesOptions } from './deliveries-options.ts';

type Options<Verb> = Extract<DeliveriesOptions, { readonly verb: Verb }>;

/**
 * `deliveries list` and `deliveries redrive`.
 *
 * @param args what follows `deliveries` on the command line
 * @throws {ConfigError | StoreError}
 */
export async function deliveries(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const options = readDeliveriesOptions(args, new Date(systemClock.now()));
  if (options.verb === 'misused') {
    terminal.complain(`command line: ${options.problem}; deliveries --help shows the options`);
    return EXIT.misused;
  }
  if (options.verb === 'help') {
    terminal.write(DELIVERIES_HELP);
    return EXIT.done;
  }
  const config = await configOf(options, terminal);
  const store = await openState(options.file, config, terminal);
  try {
    if (options.verb === 'list') await list(options, config, store, terminal);
    else await sendAgain(options, config, store, terminal);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

async function configOf({ config }: Options<'list' | 'redrive'>, { env, cwd }: Terminal): Promise<Config> {
  const found = findConfig({ option: config, env, cwd });
  if (found !== undefined) return readConfig(found, env);
  throw new ConfigError(
    'no_config',
    `there is no ${CONFIG_FILES.join(' or ')} in ${cwd}; name the configuration with --config, it says whose deliveries are meant`,
  );
}

/** These commands are about what is there: they make no state. */
async function openState(
  file: string | undefined,
  { proxies }: Config,
  { env, cwd }: Terminal,
): Promise<Store> {
  const table = env['STATE_TABLE'] ?? '';
  if (file === undefined && table !== '')
    return openStore({ kind: 'dynamodb', table, proxies }, systemClock.now);
  const named = file ?? DEFAULT_STATE;
  if (!existsSync(resolve(cwd, named))) {
    throw new StoreError(
      'missing',
      `there is no state file ${named}; name it with --state, or set STATE_TABLE${isWord(named) ? `. The states of deliveries are ${STATES.join(', ')}` : ''}`,
    );
  }
  return openStore({ kind: 'sqlite', file: named }, systemClock.now);
}

/** Rather a state that is mistyped than a file. */
function isWord(named: string): boolean {
  return /^[a-z]+$/i.test(named);
}

async function list(
  { channel, state, since, json }: Options<'list'>,
  { projects, channels }: Config,
  store: Store,
  { write, complain }: Terminal,
): Promise<void> {
  const books = await loadBooks(
    store,
    projects.map(({ id }) => id),
  );
  for (const problem of books.problems) complain(problem);
  const selection = {
    ...(channel !== undefined && { channel }),
    ...(state !== undefined && { state }),
    ...(since !== undefined && { since }),
  };
  const found = listDeliveries(books, projects, selection);
  const say = json ? complain : write;
  if (found.length === 0) say(`No delivery matches${strayWords(channel, channels)}.`);
  else for (const line of json ? found.map(jsonOf) : [...tableOf(found), ...adviceOn(found)]) write(line);
}

async function sendAgain(
  { channel, since, until, dryRun, json }: Options<'redrive'>,
  config: Config,
  store: Store,
  { write, complain }: Terminal,
): Promise<void> {
  const log: Log = (entry) => {
    const now = new Date(systemClock.now());
    write(json ? jsonLine(entry, now) : textLine(entry, now));
  };
  const http = createHttpClient({ proxies: config.proxies });
  const stamp = newStamp();
  try {
    const report = await redrive({
      projects: config.projects.map((project) => watchedProject(project, config, stamp)),
      groups: Object.keys(config.groups).map((name) => ({ name })),
      channels: createChannels(config, http),
      store,
      log,
      clock: systemClock,
      random: Math.random,
      patienceMs: patienceMs(config),
      selection: {
        ...(channel !== undefined && { channel }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
      },
      dryRun,
    });
    for (const problem of report.problems) complain(problem);
    const say = json ? complain : write;
    if (report.fates.length === 0) say(`No dead letter matches${strayWords(channel, config.channels)}.`);
    else for (const line of json ? redriveJson(report) : redriveLines(report)) write(line);
  } finally {
    await http.close();
  }
}

/** Nothing is often found because of a typing error. */
function strayWords(channel: string | undefined, channels: Config['channels']): string {
  if (channel === undefined || Object.hasOwn(channels, channel)) return '';
  return `; the configuration has no channel ${oneLine(channel)}, it has ${Object.keys(channels).join(', ')}`;
}
