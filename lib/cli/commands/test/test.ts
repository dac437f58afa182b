import type { Config } from '../../../config/schema/file.ts';
import { type DrillReport, drill, haveAllTaken } from '../../../drill/drill.ts';
import type { EventType } from '../../../events/event.ts';
import { createHttpClient } from '../../../http/undici.ts';
import { addresseesOf } from '../../addressees.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { requireConfig } from '../../configuration.ts';
import { channelsOption, eventOption, expectNames, settingAt } from '../../options/drill.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { documentOf, problemLines, reportLines } from './output.ts';

const RULES = `
Every message is marked as a drill, and nobody is mentioned. It goes the same
way as real ones: filter, signature, answer. Quiet hours and mutes do not hold
it, and the state is left alone. Programs that may act on the event get it only
when they are named.`;

/** `test`: one drill message through the very path of real ones. */
export function command({ terminal, command, ends }: Cli) {
  return command('test', 'send one message, marked as a drill, and print what each channel answered', [
    ['test', 'to all chats, and to programs that get a harmless event'],
    ['test --channel cutover', 'to this channel alone, whatever its type'],
    ['test --event migration.cutover_ready', 'another event'],
  ])
    .addOption(channelsOption('only this channel, whatever its type'))
    .addOption(eventOption('this type of event'))
    .addOption(configOption())
    .addOption(jsonOption('one JSON document'))
    .addOption(quietOption())
    .addHelpText('after', RULES)
    .action(({ channel = [], ...options }) => ends(testCommand({ ...options, channel }, terminal)));
}

/** The events to send, and their channels. */
interface Tested {
  readonly channel: readonly string[];
  readonly event?: EventType | undefined;
  readonly config?: string | undefined;
}

interface TestOptions extends Tested {
  readonly json: boolean;
}

const WHY_CONFIG = 'whose channels are tested';

/** Sends a drill, and prints what was answered. */
async function testCommand(options: TestOptions, terminal: Terminal): Promise<ExitCode> {
  const report = await tested(options, terminal);
  printTest(report, options.json, terminal);
  return haveAllTaken(report) ? EXIT.done : EXIT.failed;
}

/** Sends a drill. */
export async function tested(options: Tested, terminal: Terminal): Promise<DrillReport> {
  const config = await requireConfig(options.config, terminal, WHY_CONFIG, { channelsOnly: true });
  return testChannels(config, options, terminal);
}

/** @throws {ConfigError} when a name is no channel's */
async function testChannels(
  config: Config,
  { channel: named, event }: Tested,
  { clock }: Terminal,
): Promise<DrillReport> {
  expectNames(named, config);
  const http = createHttpClient({ proxies: config.proxies });
  try {
    const addressees = await addresseesOf(config, http);
    return await drill({ addressees, named, type: event, setting: settingAt(clock, TASK, true) });
  } finally {
    await http.close();
  }
}

/** Readers must see that nothing of it is real. */
const TASK = 'orders-cache (test)';

export function printTest(report: DrillReport, json: boolean, terminal: Terminal): void {
  if (terminal.isQuiet) for (const line of problemLines(report)) terminal.complain(line);
  else if (json) terminal.write(JSON.stringify(documentOf(report)));
  else for (const line of reportLines(report, terminal)) terminal.write(line);
}
