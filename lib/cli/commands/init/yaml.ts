import { columnsOf } from '../../../base/columns.ts';
import { defined } from '../../../base/defined.ts';
import { oneLine, printable } from '../../../base/text.ts';
import type { Answers, ChosenChannel, ChosenTask } from './answers.ts';

/** A line of the file, and what stands behind it. */
interface Line {
  readonly text: string;
  readonly comment?: string;
}

/** The configuration as a file that is pleasant to read; no secret is in it. */
export function yamlOf(answers: Answers, self: string): string {
  return [
    `# Written by "${self} init". It has no secret: \${NAME} is replaced from the environment.`,
    `# What else can be set: docs/configuration.md. After a change: ${self} check`,
    '',
    'projects:',
    ...aligned(projectLines(answers)),
    '',
    'channels:',
    ...aligned(channelLines(answers)),
    ...settingsLines(answers),
    '',
  ].join('\n');
}

/** The defaults of `settings`. */
const DEFAULTS = { language: 'en', timeZone: 'UTC' } as const;

/** Only what differs from the defaults. */
function settingsLines({ language = DEFAULTS.language, timeZone = DEFAULTS.timeZone }: Answers): string[] {
  const lines = [
    ...(language === DEFAULTS.language
      ? []
      : [{ text: `  language: ${language}`, comment: 'of the messages; a chat may have its own' }]),
    ...(timeZone === DEFAULTS.timeZone
      ? []
      : [{ text: `  timeZone: ${scalar(timeZone)}`, comment: 'of times in messages and commands' }]),
  ];
  return lines.length === 0 ? [] : ['', 'settings:', ...aligned(lines)];
}

function projectLines({ place, projectName, tasks, discover, keyVariables }: Answers): Line[] {
  const { region, endpoint, projectId, allowInsecure } = place;
  return [
    { text: `  - id: ${scalar(projectId)}`, comment: 'the Huawei Cloud project' },
    ...given('    region', region, endpoint === undefined ? 'picks the endpoint' : 'for people and events'),
    ...given('    endpoint', endpoint, 'the address of the DCS API'),
    ...given('    name', projectName, 'for people'),
    ...insecure('    ', allowInsecure),
    { text: `    # The access key comes from the environment: ${keyVariables}.` },
    ...discoverLines(discover),
    ...(tasks.length === 0 ? [] : [{ text: '    tasks:' }, ...tasks.map(taskLine)]),
  ];
}

function discoverLines(discover: Answers['discover']): Line[] {
  if (discover === undefined) return [];
  if (discover === true)
    return [{ text: '    discover: true', comment: 'all tasks of the project, also those to come' }];
  return [{ text: `    discover: { name: ${quoted(discover)} }`, comment: 'tasks with such a name' }];
}

/** As much of a name as a line has room for. */
const LONGEST_NAME = 60;

function taskLine({ id, name }: ChosenTask): Line {
  const text = `      - ${scalar(id)}`;
  return name === undefined ? { text } : { text, comment: printable(oneLine(name, LONGEST_NAME)) };
}

function channelLines({ channels, place }: Answers): Line[] {
  return channels.flatMap((channel, at) => [
    defined<Line>({ text: `  ${channel.type}:`, comment: at === 0 ? NAMED : undefined }),
    { text: `    type: ${channel.type}` },
    ...settingLines(channel),
    ...insecure('    ', place.allowInsecure && channel.settings.some(({ setting }) => setting === 'url')),
  ]);
}

const NAMED = 'any name; commands and events show it';

function settingLines({ settings }: ChosenChannel): Line[] {
  return settings.map(({ setting, value, isVariable }) =>
    isVariable
      ? { text: `    ${setting}: \${${value}}`, comment: 'set it where the watcher runs' }
      : { text: `    ${setting}: ${setting === 'to' ? listOf(value) : scalar(value)}` },
  );
}

function listOf(value: string): string {
  return `[${value
    .split(',')
    .map((one) => quoted(one.trim()))
    .join(', ')}]`;
}

function given(name: string, value: string | undefined, comment: string): Line[] {
  return value === undefined ? [] : [{ text: `${name}: ${scalar(value)}`, comment }];
}

function insecure(indent: string, isAllowed: boolean): Line[] {
  if (!isAllowed) return [];
  return [{ text: `${indent}allowInsecure: true`, comment: 'permits http:// and private addresses' }];
}

/** Words that YAML takes for a text, whatever its version. */
const PLAIN =
  /^[A-Za-z][\w./@-]*(?::[\w./-]+)*$|^https?:\/\/[\w./:-]+$|^(?=.*[a-df-z])[\da-z]{8,}(?:-[\da-z]+)*$/;
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(text: string): string {
  return PLAIN.test(text) && !NO_TEXT.test(text) ? text : quoted(text);
}

/** JSON is YAML, except for references. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('${', () => '$${');
}

/** Comments stand below each other. */
function aligned(lines: readonly Line[]): string[] {
  const width = Math.max(...lines.map(({ text, comment }) => (comment === undefined ? 0 : columnsOf(text))));
  return lines.map(({ text, comment }) =>
    comment === undefined ? text : `${text}${' '.repeat(width - columnsOf(text))} # ${comment}`,
  );
}
