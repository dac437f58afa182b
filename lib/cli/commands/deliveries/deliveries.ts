import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defined } from '../../../base/defined.ts';
import { nearest } from '../../../base/nearest.ts';
import { printable } from '../../../base/text.ts';
import { ConfigError } from '../../../config/errors.ts';
import type { Config } from '../../../config/schema/file.ts';
import { CONFIG_FILES, findConfig, readConfig } from '../../../config/source.ts';
import { brokenChannels, loadInventory } from '../../../delivery/redrive/inventory.ts';
import { heldUntil, listDeliveries, STATES } from '../../../delivery/redrive/known-deliveries.ts';
import { redrive } from '../../../delivery/redrive/redrive.ts';
import { retry } from '../../../delivery/redrive/retry.ts';
import { createHttpClient } from '../../../http/undici.ts';
import { createChannels } from '../../../runtime/app.ts';
import { StoreError } from '../../../store/errors.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../../store/store.ts';
import { type Command, DEFAULT_STATE, EXIT, type ExitCode } from '../../command.ts';
import { sending } from '../../sending.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { DELIVERIES_HELP, type DeliveriesOptions, readDeliveriesOptions } from './options.ts';
import { redriveJson, redriveLines } from './redrive-output.ts';
import { brokenJson, brokenLines, haveAllArrived, retryJson, retryLines } from './retry-output.ts';
import { adviceOn, jsonOf, tableOf } from './table.ts';

type Options<Verb> = Extract<DeliveriesOptions, { readonly verb: Verb }>;

/** `deliveries list`, `deliveries retry` and `deliveries redrive`. */
export const command: Command = {
  usage: 'deliveries list|retry|redrive [options]',
  about: 'list deliveries, retry pending ones, send dead letters again',
  help: DELIVERIES_HELP,
  async run(args, terminal) {
    const options = readDeliveriesOptions(args, new Date(terminal.clock.now()));
    if (options.verb === 'help') return 'help';
    if (options.verb !== 'misused') return runVerb(options, terminal);
    terminal.complain(`command line: ${options.problem}; deliveries --help shows the options`);
    return EXIT.misused;
  },
};

async function runVerb(
  options: Options<'list' | 'redrive' | 'retry'>,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await configOf(options, terminal);
  if (options.verb === 'retry' && !isConfigured(options.channel, config, terminal)) return EXIT.misused;
  const store = await openState(options.file, config, terminal);
  try {
    if (options.verb === 'retry') return await tryAgain(options, config, store, terminal);
    if (options.verb === 'list') await list(options, config, store, terminal);
    else await sendAgain(options, config, store, terminal);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

async function configOf(
  { config }: Options<'list' | 'redrive' | 'retry'>,
  { env, cwd }: Terminal,
): Promise<Config> {
  const found = findConfig({ option: config, env, cwd });
  if (found !== undefined) return readConfig(found, env);
  throw new ConfigError(
    'no_config',
    `there is no ${CONFIG_FILES.join(' or ')} in ${cwd}; name the configuration with --config, because it decides which deliveries are listed`,
  );
}

/** These commands are about what is there: they make no state. */
async function openState(
  file: string | undefined,
  { proxies }: Config,
  { env, cwd, clock }: Terminal,
): Promise<Store> {
  const table = env['STATE_TABLE'] ?? '';
  if (file === undefined && table !== '') return openStore({ kind: 'dynamodb', table, proxies }, clock.now);
  const named = file ?? DEFAULT_STATE;
  if (!existsSync(resolve(cwd, named))) {
    throw new StoreError(
      'missing',
      `there is no state file ${named}; name it with --state, or set STATE_TABLE${isWord(named) ? `. The states of deliveries are ${STATES.join(', ')}` : ''}`,
    );
  }
  return openStore({ kind: 'sqlite', file: named, folder: cwd }, clock.now);
}

/** Rather a state that is mistyped than a file. */
function isWord(named: string): boolean {
  return /^[a-z]+$/i.test(named);
}

async function list(
  { channel, state, since, json }: Options<'list'>,
  config: Config,
  store: Store,
  terminal: Terminal,
): Promise<void> {
  const { write } = terminal;
  const { projects, channels } = config;
  const ids = projects.map(({ id }) => id);
  const books = await loadInventory(store, ids);
  const selection = defined({ channel, state, since });
  const made = await channelsOf(config);
  const held = heldUntil(made.values(), new Date(terminal.clock.now()));
  const found = listDeliveries(books, projects, selection, held);
  const none = `No delivery matches${strayWords(channel, channels)}.`;
  const lines = json ? found.map(jsonOf) : [...tableOf(found), ...adviceOn(found)];
  print({ problems: books.problems, lines: found.length === 0 ? [] : lines, none }, json, terminal);
  if (state !== undefined && state !== 'pending') return;
  const broken = brokenChannels(books, made).filter((one) => [undefined, one.channel].includes(channel));
  for (const line of json ? brokenJson(broken) : brokenLines(broken)) write(line);
  if (!json && broken.length > 0) write(RETRY_HINT);
}

const RETRY_HINT = 'deliveries retry tries pending deliveries now; --channel NAME limits it to one channel';

/** Whether a channel is broken or quiet depends on its settings, so it is made as for sending. Nothing is sent. */
async function channelsOf(config: Config) {
  const http = createHttpClient();
  try {
    return createChannels(config, http);
  } finally {
    await http.close();
  }
}

async function sendAgain(
  { channel, since, until, dryRun, json }: Options<'redrive'>,
  config: Config,
  store: Store,
  terminal: Terminal,
): Promise<void> {
  const { write, clock } = terminal;
  await sending({ config, store, clock, json, write }, async (parts) => {
    const report = await redrive({
      ...parts,
      groups: Object.keys(config.groups).map((name) => ({ name })),
      selection: defined({ channel, since, until }),
      dryRun,
    });
    const none = `No dead letter matches${strayWords(channel, config.channels)}.`;
    const lines = json ? redriveJson(report) : redriveLines(report);
    const { problems, results } = report;
    print({ problems, lines: results.length === 0 ? [] : lines, none }, json, terminal);
  });
}

async function tryAgain(
  { channel, json }: Options<'retry'>,
  config: Config,
  store: Store,
  terminal: Terminal,
): Promise<ExitCode> {
  const { write, clock } = terminal;
  return sending({ config, store, clock, json, write }, async (parts) => {
    const report = await retry(defined({ ...parts, channel }));
    const lines = json ? retryJson(report) : retryLines(report);
    const { problems, retried, broken } = report;
    print({ problems, lines: retried.length === 0 ? [] : lines, none: NOTHING_PENDING }, json, terminal);
    for (const line of json ? brokenJson(broken) : brokenLines(broken)) write(line);
    return haveAllArrived(report) ? EXIT.done : EXIT.failed;
  });
}

const NOTHING_PENDING =
  'Nothing is pending. A broken or paused channel is tried at once with the next event.';

/** A mistyped channel is refused: an empty result would look as if nothing were pending. */
function isConfigured(channel: string | undefined, { channels }: Config, { complain }: Terminal): boolean {
  if (channel === undefined || Object.hasOwn(channels, channel)) return true;
  const names = Object.keys(channels);
  const meant = nearest(channel, names);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  complain(
    `command line: the configuration has no channel ${printable(channel)}${hint}; it has ${names.join(', ')}`,
  );
  return false;
}

interface Printed {
  readonly problems: readonly string[];
  readonly lines: readonly string[];
  /** A sentence in place of the lines, where there are none; it is no JSON. */
  readonly none: string;
}

function print({ problems, lines, none }: Printed, json: boolean, { write, complain }: Terminal): void {
  for (const problem of problems) complain(problem);
  for (const line of lines) write(line);
  if (lines.length > 0) return;
  if (json) complain(none);
  else write(none);
}

/** Nothing is often found because of a typing error. */
function strayWords(channel: string | undefined, channels: Config['channels']): string {
  if (channel === undefined || Object.hasOwn(channels, channel)) return '';
  return `; the configuration has no channel ${printable(channel)}, it has ${Object.keys(channels).join(', ')}`;
}
