import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { defined } from '../../../base/defined.ts';
import type { Config } from '../../../config/schema/file.ts';
import { brokenChannels, loadInventory, mutedChannels } from '../../../delivery/redrive/inventory.ts';
import {
  type DeliveryState,
  heldUntil,
  listDeliveries,
  STATES,
} from '../../../delivery/redrive/known-deliveries.ts';
import { createHttpClient } from '../../../http/undici.ts';
import { createChannels, newStamp } from '../../../runtime/app.ts';
import { tickGroups } from '../../../runtime/targets.ts';
import type { Store } from '../../../store/store.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { requireConfig } from '../../configuration.ts';
import { configOption, jsonOption, quietOption } from '../../options.ts';
import { openExistingState, statePlace } from '../../state-place.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { channelOption, timeOption } from './options.ts';
import { print, strayWords, WHY_CONFIG } from './print.ts';
import { brokenJson, brokenLines } from './retry-output.ts';
import { adviceOn, jsonOf, tableOf } from './table.ts';

export function listCommand({ terminal, command, ends }: Cli) {
  return command('list', 'list deliveries with their last attempt, and broken channels')
    .addOption(channelOption())
    .addOption(stateOption())
    .addOption(
      timeOption(
        '--since <time>',
        'only those since then, by the time of the event if pending, of the arrival if delivered, and of giving up if dead',
        terminal.clock,
      ),
    )
    .addOption(configOption())
    .addOption(jsonOption('one JSON object per line, with all attempts on record'))
    .addOption(quietOption())
    .action((options) => ends(run(options, terminal)));
}

interface ListOptions {
  readonly config?: string | undefined;
  readonly state?: States | undefined;
  readonly channel?: string | undefined;
  readonly since?: Date | undefined;
  readonly json: boolean;
}

/** Values of `--state`, which is a state of deliveries here as well as a place. */
interface States {
  readonly state?: DeliveryState;
  readonly place?: string;
}

function stateOption() {
  return new Option(
    '--state <state-or-place>',
    `only ${STATES.join(', ')}; any other value is where the state is (a SQLite file, redis[s]://… or dynamodb:TABLE; default: $STATE_TABLE, $STATE_REDIS_URL, else .state/watch.db); both may be given`,
  ).argParser((value: string, { state, place }: States = {}): States => {
    const named = STATES.find((known) => known === value);
    if (named === undefined && place === undefined) return defined({ state, place: value });
    if (named !== undefined && state === undefined) return defined({ state: named, place });
    const kind = named === undefined ? `several files: ${place}` : `several states: ${state}`;
    throw new InvalidArgumentError(`--state names ${kind}, ${value}`);
  });
}

async function run(options: ListOptions, terminal: Terminal): Promise<ExitCode> {
  const config = await requireConfig(options.config, terminal, WHY_CONFIG);
  const { place } = options.state ?? {};
  const hint = isWord(place) ? `. The states of deliveries are ${STATES.join(', ')}` : '';
  const store = await openExistingState(statePlace(place, config, terminal), terminal, hint);
  try {
    await list(options, config, store, terminal);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

/** Rather a state that is mistyped than a file. */
function isWord(named = ''): boolean {
  return /^[a-z]+$/i.test(named);
}

async function list(
  { channel, state: { state } = {}, since, json }: ListOptions,
  config: Config,
  store: Store,
  terminal: Terminal,
): Promise<void> {
  const { write } = terminal;
  const { projects, channels, settings } = config;
  const ids = projects.map(({ id }) => id);
  const books = await loadInventory(store, ids);
  const selection = defined({ channel, state, since });
  const made = await channelsOf(config);
  const now = new Date(terminal.clock.now());
  const groups = tickGroups(config, newStamp());
  const held = heldUntil(mutedChannels(books, { channels: made, groups, now }).values(), now);
  const found = listDeliveries(books, projects, selection, held);
  const none = `No delivery matches${strayWords(channel, channels)}.`;
  const lines = json
    ? found.map(jsonOf)
    : [...tableOf(found, terminal.times(settings.timeZone), terminal), ...adviceOn(found)];
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
    return await createChannels(config, http);
  } finally {
    await http.close();
  }
}
