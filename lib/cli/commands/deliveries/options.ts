import { parseArgs } from 'node:util';
import { defined } from '../../../base/defined.ts';
import { type DeliveryState, STATES } from '../../../delivery/redrive/known-deliveries.ts';
import { firstSentence } from '../../command.ts';
import { momentOf } from '../../moment.ts';

export const DELIVERIES_HELP = `dcs-migration-watch deliveries: list, retry and redrive deliveries

npm start -- deliveries list [options]      lists deliveries with their last
                                            attempt, and broken channels
npm start -- deliveries retry [options]     tries pending deliveries now, even
                                            if a channel is broken or paused
npm start -- deliveries redrive [options]   puts dead letters back and delivers
                                            them, with the same ids

  --channel NAME  only this channel
  --state STATE   (list) only pending, dead or delivered
  --since TIME    a span back from now (90s, 30m, 2h, 3d) or an ISO time (UTC).
                  It applies to the time of the event if pending, of the arrival
                  if delivered, and of giving up if dead
  --until TIME    (redrive) the same, as an upper limit
  --dry-run       (redrive) say what would be done, and do nothing
  --config FILE   the configuration (default: $WATCH_CONFIG, else watch.yml
                  or watch.yaml)
  --state FILE    the SQLite file (default: the DynamoDB table in $STATE_TABLE,
                  else .state/watch.db). In list, a value other than the three
                  states is the file; both may be given: --state dead
                  --state FILE
  --json          one JSON object per line, with all attempts on record
  --help          this text

Dead letters are kept for 30 days. The last 64 deliveries that arrived are kept
for each task.

Exit codes: 0 done; 1 the state could not be read or written, or (retry)
something still did not arrive; 2 the configuration, the command line or the
state file is wrong.`;

interface CommonOptions {
  readonly config?: string;
  /** The SQLite file, where one is named. */
  readonly file?: string;
  readonly json: boolean;
  readonly channel?: string;
  readonly since?: Date;
}

export type DeliveriesOptions =
  | { readonly verb: 'help' }
  | (CommonOptions & { readonly verb: 'list'; readonly state?: DeliveryState })
  | (CommonOptions & { readonly verb: 'redrive'; readonly until?: Date; readonly dryRun: boolean })
  | (CommonOptions & { readonly verb: 'retry' })
  /** The command line is not understood: why, in a few words. */
  | { readonly verb: 'misused'; readonly problem: string };

const COMMON = {
  config: { type: 'string' },
  state: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  channel: { type: 'string' },
  since: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const REDRIVE = {
  ...COMMON,
  until: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/** Reads what follows `deliveries` on the command line. */
export function readDeliveriesOptions([verb, ...args]: readonly string[], now: Date): DeliveriesOptions {
  try {
    if (verb === 'list') return listOptions(args, now);
    if (verb === 'redrive') return redriveOptions(args, now);
    if (verb === 'retry') return retryOptions(args, now);
    if (verb === '--help' || verb === '-h') return { verb: 'help' };
    const found = verb === undefined ? 'nothing' : JSON.stringify(verb);
    throw new Misuse(`expected list, retry or redrive after deliveries, found ${found}`);
  } catch (error) {
    // The words of the parser are about options alone; a hint for programmers follows in further sentences.
    return { verb: 'misused', problem: firstSentence(error) };
  }
}

class Misuse extends Error {}

function listOptions(args: readonly string[], now: Date): DeliveriesOptions {
  const { values } = parseArgs({ args: [...args], options: COMMON });
  if (values.help) return { verb: 'help' };
  const isState = (text: string): text is DeliveryState => STATES.some((state) => state === text);
  const states = values.state?.filter(isState) ?? [];
  const files = values.state?.filter((text) => !isState(text)) ?? [];
  if (states.length > 1) throw new Misuse(`--state names several states: ${states.join(', ')}`);
  const [state] = states;
  return defined({ verb: 'list', ...common(values, files, now), state });
}

function retryOptions(args: readonly string[], now: Date): DeliveriesOptions {
  const { since: _none, ...options } = COMMON;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return { verb: 'help' };
  return { verb: 'retry', ...common(values, values.state ?? [], now) };
}

function redriveOptions(args: readonly string[], now: Date): DeliveriesOptions {
  const { values } = parseArgs({ args: [...args], options: REDRIVE });
  if (values.help) return { verb: 'help' };
  const shared = common(values, values.state ?? [], now);
  const until = values.until === undefined ? undefined : moment('--until', values.until, now);
  if (until !== undefined && shared.since !== undefined && until < shared.since) {
    throw new Misuse('--until is before --since');
  }
  return defined({ verb: 'redrive', ...shared, dryRun: values['dry-run'], until });
}

interface CommonValues {
  readonly config?: string | undefined;
  readonly json: boolean;
  readonly channel?: string | undefined;
  readonly since?: string | undefined;
}

function common(
  { config, json, channel, since }: CommonValues,
  files: readonly string[],
  now: Date,
): CommonOptions {
  if (files.length > 1) throw new Misuse(`--state names several files: ${files.join(', ')}`);
  const [file] = files;
  return defined({
    json,
    config,
    file,
    channel,
    since: since === undefined ? undefined : moment('--since', since, now),
  });
}

function moment(option: string, text: string, now: Date): Date {
  const read = momentOf(text, now);
  if (read === undefined) {
    throw new Misuse(
      `${option} expects a span such as 2h or 3d, or an ISO time, found ${JSON.stringify(text)}`,
    );
  }
  return read;
}
