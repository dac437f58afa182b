import { parseArgs } from 'node:util';
import { type App, createApp, systemClock } from '../lib/app.ts';
import { findConfig, readConfig } from '../lib/config/environment.ts';
import { ConfigError } from '../lib/config/errors.ts';
import type { Config } from '../lib/config/schema.ts';
import { WatchError } from '../lib/errors.ts';
import { jsonLine, type Log, textLine } from '../lib/log.ts';
import { rehearse } from '../lib/rehearsal/rehearsal.ts';
import { StoreError } from '../lib/store/errors.ts';
import { openStore } from '../lib/store/index.ts';

const HELP = `dcs-migration-watch: watches Huawei Cloud DCS migration tasks and tells Slack and webhooks what changed

npm start -- [options]

  --config FILE   the configuration (default: $WATCH_CONFIG, else watch.yml)
  --state FILE    where it remembers what was seen and told (default: .state/watch.db)
  --once          one tick, then exit
  --json          JSON lines instead of text
  --rehearse      play a whole migration in a simulated DCS API, through the channels of the configuration
  --help          this text

Without a configuration it rehearses. Exit codes: 0 done, 1 the tick could not do its work, 2 the configuration or
the command line is wrong.`;

const EXIT = { done: 0, failed: 1, misused: 2 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface Options {
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly rehearse: boolean;
  readonly help: boolean;
}

const DEFAULT_STATE = '.state/watch.db';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<ExitCode> {
  const options = readOptions(argv);
  if (options === undefined) return EXIT.misused;
  if (options.help) {
    write(HELP);
    return EXIT.done;
  }
  try {
    return await run(options);
  } catch (error) {
    return fail(error);
  }
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
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { config: undefined, state: undefined, ...values };
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('. ')[0] : 'not understood';
    complain(`command line: ${problem}; --help shows the options`);
    return undefined;
  }
}
