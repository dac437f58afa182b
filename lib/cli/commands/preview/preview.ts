import { Secret } from '../../../base/secret.ts';
import type { Config } from '../../../config/schema/file.ts';
import type { Addressee } from '../../../drill/choice.ts';
import type { Setting } from '../../../drill/examples/examples.ts';
import { type EventPreview, previewOf, type ReachRow, reachTable } from '../../../drill/preview/preview.ts';
import { createRecording } from '../../../drill/preview/recording.ts';
import type { EventType } from '../../../events/event.ts';
import { addresseesOf } from '../../addressees.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { requireConfig } from '../../configuration.ts';
import { channelsOption, eventOption, expectNames, settingAt } from '../../options/drill.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { documentOf, previewLines, reachLines } from './output.ts';

/** `preview`: the channels that an event would reach, and the text that people would read there. */
export function command({ terminal, command, ends }: Cli) {
  return command('preview', 'show who would get which message, and what it would say; sends nothing', [
    ['preview', 'which events get to which channel, and the messages of one'],
    ['preview --event migration.stalled', 'what each channel would get'],
    ['preview --channel ops --json', 'the bodies of requests, without secrets'],
  ])
    .addOption(channelsOption('only this channel'))
    .addOption(eventOption('the messages of this type of event'))
    .addOption(configOption())
    .addOption(jsonOption('one JSON document, with the bodies'))
    .addOption(quietOption())
    .action(({ channel = [], ...options }) => ends(run({ ...options, channel }, terminal)));
}

interface PreviewOptions {
  readonly channel: readonly string[];
  readonly event?: EventType | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

/** Whom a preview is for. */
interface Scene {
  readonly addressees: readonly Addressee[];
  readonly setting: Setting;
}

const WHY_CONFIG = 'whose messages are shown';
const TASK = 'orders-cache';

async function run(options: PreviewOptions, terminal: Terminal): Promise<ExitCode> {
  const config = await requireConfig(options.config, terminal, WHY_CONFIG, { channelsOnly: true });
  expectNames(options.channel, config);
  const recording = createRecording();
  const all = await addresseesOf(withKey(config), recording.http, recording.recorder);
  const addressees = all.filter(
    ({ channel }) => options.channel.length === 0 || options.channel.includes(channel.name),
  );
  const scene = { addressees, setting: settingAt(terminal.clock, TASK, false) };
  const rows = options.event === undefined ? reachTable(addressees, scene.setting) : [];
  const type = options.event ?? shownOf(rows);
  const preview = await previewOf(type, addressees, scene.setting, recording);
  print({ rows, preview, scene }, options, terminal);
  return preview.told.length > 0 ? EXIT.done : EXIT.failed;
}

/** Bodies are the same with any key, which signs requests alone. */
function withKey(config: Config): Config {
  const key = { accessKey: new Secret('no-access-key'), secretKey: new Secret('no-secret-key') };
  return { ...config, credentials: config.credentials ?? key };
}

/** The event that most people wait for; else the first that somebody gets. */
function shownOf(rows: readonly ReachRow[]): EventType {
  const reached = rows.filter(({ reach }) => reach.some((one) => one !== 'none'));
  const ready = reached.find(({ type }) => type === USUAL);
  return ready?.type ?? reached[0]?.type ?? USUAL;
}

const USUAL: EventType = 'dcs.migration.cutover_ready';

interface Shown {
  readonly rows: readonly ReachRow[];
  readonly preview: EventPreview;
  readonly scene: Scene;
}

function print({ rows, preview, scene }: Shown, { json }: PreviewOptions, terminal: Terminal): void {
  const names = scene.addressees.map(({ channel }) => channel.name);
  if (json) terminal.write(JSON.stringify(documentOf(rows, names, preview), null, 2));
  else {
    const lines = [...reachLines(rows, scene.addressees, terminal), ...previewLines(preview, terminal)];
    for (const line of lines) terminal.write(line);
  }
}
