import { defined } from '../../../base/defined.ts';
import { retry } from '../../../delivery/redrive/retry.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { requireConfig } from '../../configuration.ts';
import {
  configOption,
  jsonOption,
  quietOption,
  type StateOptions,
  stateOption,
} from '../../options/options.ts';
import { sending } from '../../sending.ts';
import { openExistingState, statePlace } from '../../state/state-place.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { channelOption } from './options.ts';
import { isConfigured, logBeside, print, WHY_CONFIG } from './print.ts';
import { brokenJson, brokenLines, haveAllArrived, retryJson, retryLines } from './retry-output.ts';

export function retryCommand({ terminal, command, ends }: Cli) {
  return command('retry', 'try pending deliveries now, even if a channel is broken or paused')
    .addOption(channelOption())
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON object per line'))
    .addOption(quietOption())
    .action((options) => ends(run(options, terminal)));
}

interface RetryOptions extends StateOptions {
  readonly channel?: string | undefined;
}

async function run({ channel, json, ...options }: RetryOptions, terminal: Terminal): Promise<ExitCode> {
  const { write, clock } = terminal;
  const config = await requireConfig(options.config, terminal, WHY_CONFIG);
  if (!isConfigured(channel, config, terminal)) return EXIT.misused;
  const store = await openExistingState(statePlace(options.state, config, terminal), terminal);
  try {
    const { timeZone } = config.settings;
    const log = logBeside(terminal, { timeZone, json, areArrivalsSaid: false });
    return await sending({ config, store, clock, log }, async (parts) => {
      const report = await retry(defined({ ...parts, channel }));
      const lines = json ? retryJson(report) : retryLines(report);
      const { problems, retried, broken } = report;
      print({ problems, lines: retried.length === 0 ? [] : lines, none: NOTHING_PENDING }, json, terminal);
      for (const line of json ? brokenJson(broken) : brokenLines(broken, terminal.times(timeZone)))
        write(line);
      return haveAllArrived(report) ? EXIT.done : EXIT.failed;
    });
  } finally {
    await store.close();
  }
}

const NOTHING_PENDING =
  'Nothing is pending. A broken or paused channel is tried at once with the next event.';
