/** The manual page, made of the same tree as the help. */
import { systemClock } from '../lib/base/time/system-clock.ts';
import { createCli } from '../lib/cli/program/program.ts';
import { createTerminal } from '../lib/cli/terminal/terminal.ts';
import { allIn, type CommandOption, type CommandTree, treeOf } from '../lib/cli/tree.ts';
import manifest from '../package.json' with { type: 'json' };

const NAME = 'dcs-migration-watch';

const FILES: readonly (readonly [string, string])[] = [
  [
    'watch.yml',
    'The configuration, in the folder in which it runs, unless --config or WATCH_CONFIG names another.',
  ],
  ['.state/watch.db', 'Its state, unless --state or STATE_TABLE names another place.'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN',
    'The access key, where a project has none of its own; else those that begin with CLOUD_SDK_, or HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN.',
  ],
  ['WATCH_CONFIG', 'The configuration.'],
  ['STATE_TABLE', 'The DynamoDB table of the state.'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'Proxies.'],
  ['NODE_EXTRA_CA_CERTS', 'Certificate authorities of your own.'],
  ['TZ, NO_COLOR, FORCE_COLOR', 'The time zone and the colours of what is printed.'],
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Done.'],
  ['1', 'It could not be done, or the answer is no.'],
  ['2', 'The configuration or the command line is wrong.'],
  ['3', 'Time ran out (tasks wait).'],
];

/** The page in the language of man(7). */
export async function manualPage(): Promise<string> {
  const terminal = createTerminal(process, systemClock, { asJson: false, isQuiet: false });
  const program = treeOf(await createCli(terminal, () => undefined).whole());
  const lines = [
    `.TH ${NAME.toUpperCase()} 1 "" "${NAME} ${manifest.version}" "User Commands"`,
    ...section('NAME', [`${NAME} \\- ${plain('watches Huawei Cloud DCS migration tasks')}`]),
    ...section('SYNOPSIS', [`.B ${NAME}`, '[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]']),
    ...section('DESCRIPTION', [plain(manifest.description), 'Without a command it watches.']),
    ...section('COMMANDS', allIn(program).slice(1).flatMap(commandLines)),
    ...section('EXIT STATUS', EXIT_STATUS.flatMap(itemLines)),
    ...section('FILES', FILES.flatMap(itemLines)),
    ...section('ENVIRONMENT', ENVIRONMENT.flatMap(itemLines)),
  ];
  return `${lines.join('\n')}\n`;
}

function section(heading: string, lines: readonly string[]): string[] {
  return [`.SH ${heading}`, ...lines];
}

function commandLines({ path, purpose, arguments: values, options, commands }: CommandTree): string[] {
  const terms = [...path, ...values.map(({ term }) => term)].join(' ');
  if (commands.length > 0) return [];
  return [
    `.SS ${plain(terms)}`,
    plain(`${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}.`),
    ...values
      .filter((value) => value.purpose !== '')
      .flatMap(({ term, purpose }) => itemLines([term, purpose])),
    ...options.flatMap(optionLines),
  ];
}

function optionLines({ term, purpose, flags }: CommandOption): string[] {
  if (flags.includes('--help')) return [];
  const [first = '', ...others] = purpose.split('\n');
  const list = others.length === 0 ? [] : ['.RS', '.nf', ...others.map(plain), '.fi', '.RE'];
  return [...itemLines([term, first]), ...list];
}

function itemLines([term, purpose]: readonly [string, string]): string[] {
  return ['.TP', `.B ${plain(term)}`, plain(purpose)];
}

/** A text without meaning to man(7). */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')
    .replaceAll('…', '...');
}
