import { defined } from '../../../base/defined.ts';
import { redrive } from '../../../delivery/redrive/redrive.ts';
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
import { channelOption, timeOption } from './options.ts';
import { logBeside, print, unknownChannelWords, WHY_CONFIG } from './print.ts';
import { isNoneDead, redriveJson, redriveLines } from './redrive-output.ts';

export function redriveCommand({ terminal, command, ends }: Cli) {
  const { clock } = terminal;
  return command('redrive', 'put dead letters back and deliver them, with the same ids')
    .addOption(channelOption())
    .addOption(timeOption('--since <time>', 'only those given up since then', clock))
    .addOption(timeOption('--until <time>', 'only those given up until then', clock))
    .option('--dry-run', 'say what would be done, and do nothing', false)
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON object per line'))
    .addOption(quietOption())
    .action((options) => ends(run(options, terminal)));
}

interface RedriveOptions extends StateOptions {
  readonly channel?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly dryRun: boolean;
}

async function run(options: RedriveOptions, terminal: Terminal): Promise<ExitCode> {
  const { channel, since, until, dryRun, json } = options;
  if (until !== undefined && since !== undefined && until < since) {
    terminal.complain('command line: --until is before --since; deliveries --help shows the options');
    return EXIT.misused;
  }
  const config = await requireConfig(options.config, terminal, WHY_CONFIG);
  const store = await openExistingState(statePlace(options.state, config, terminal), terminal);
  try {
    const { timeZone } = config.settings;
    const log = logBeside(terminal, { timeZone, json, areArrivalsSaid: true });
    return await sending({ config, store, clock: terminal.clock, log }, async (parts) => {
      const report = await redrive({
        ...parts,
        selection: defined({ channel, since, until }),
        dryRun,
      });
      const none = `No dead letter matches${unknownChannelWords(channel, Object.keys(config.channels))}.`;
      const lines = json ? redriveJson(report) : redriveLines(report, terminal.times(timeZone));
      const { problems, results } = report;
      print({ problems, lines: results.length === 0 ? [] : lines, none }, json, terminal);
      return isNoneDead(report) ? EXIT.done : EXIT.failed;
    });
  } finally {
    await store.close();
  }
}
