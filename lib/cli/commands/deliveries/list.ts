import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { defined } from '../../../base/defined.ts';
import { brokenChannels } from '../../../delivery/redrive/inventory.ts';
import { type DeliveryState, listDeliveries, STATES } from '../../../delivery/redrive/known-deliveries.ts';
import { namedProjects } from '../../../status/source.ts';
import { loadStored } from '../../../status/stored.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import { readState, type StateReading } from '../../state/read-state.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { channelOption, timeOption } from './options.ts';
import { print, unknownChannelWords } from './print.ts';
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
    `only ${STATES.join(', ')}; any other value is where the state is (a SQLite file, redis[s]://… or dynamodb:TABLE; default: $STATE_TABLE, $STATE_REDIS_URL, $STATE_FILE, else .state/watch.db); both may be given`,
  ).argParser((value: string, { state, place }: States = {}): States => {
    const named = STATES.find((known) => known === value);
    if (named === undefined && place === undefined) return defined({ state, place: value });
    if (named !== undefined && state === undefined) return defined({ state: named, place });
    const kind = named === undefined ? `several files: ${place}` : `several states: ${state}`;
    throw new InvalidArgumentError(`--state names ${kind}, ${value}`);
  });
}

async function run(options: ListOptions, terminal: Terminal): Promise<ExitCode> {
  const { config, state: { place } = {} } = options;
  const hint = isWord(place) ? `. The states of deliveries are ${STATES.join(', ')}` : '';
  return readState({ config, state: place, hint }, terminal, async (reading) => {
    await list(options, reading, terminal);
    return EXIT.done;
  });
}

/** Rather a state that is mistyped than a file. */
function isWord(named = ''): boolean {
  return /^[a-z]+$/i.test(named);
}

async function list(
  { channel, state: { state } = {}, since, json }: ListOptions,
  { source, times }: StateReading,
  terminal: Terminal,
): Promise<void> {
  const { write } = terminal;
  const { channels } = source;
  const { inventory: books, heldIn } = await loadStored(source);
  const found = listDeliveries(books, namedProjects(source), defined({ channel, state, since }), heldIn);
  const names = channels.map(({ name }) => name);
  const none = `No delivery matches${unknownChannelWords(channel, names)}.`;
  const lines = json ? found.map(jsonOf) : [...tableOf(found, times, terminal), ...adviceOn(found)];
  print({ problems: books.problems, lines: found.length === 0 ? [] : lines, none }, json, terminal);
  if (state !== undefined && state !== 'pending') return;
  const broken = brokenChannels(books, channels).filter((one) => [undefined, one.channel].includes(channel));
  for (const line of json ? brokenJson(broken) : brokenLines(broken, times)) write(line);
  if (!json && broken.length > 0) write(RETRY_HINT);
}

const RETRY_HINT = 'deliveries retry tries pending deliveries now; --channel NAME limits it to one channel';
