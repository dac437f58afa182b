import { allIn, type CommandOption, type CommandTree } from '../../tree.ts';

const COMPLETE = 'complete -c dcs-migration-watch';

/** The script for fish: a line for each word, with the condition under which it may come. */
export function fishScript(program: CommandTree): string[] {
  return [
    '# Completion of dcs-migration-watch for fish.',
    `${COMPLETE} -f`,
    ...allIn(program).flatMap(linesOf),
  ];
}

function linesOf(tree: CommandTree): string[] {
  const here = `-n ${quoted(conditionOf(tree))}`;
  return [
    ...tree.commands.map(({ name, purpose }) => `${COMPLETE} ${here} -a ${name} -d ${quoted(purpose)}`),
    ...tree.arguments
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ choices, purpose }) => `${COMPLETE} ${here} -a ${quoted(choices.join(' '))} -d ${quoted(purpose)}`,
      ),
    ...tree.options.map((option) => `${COMPLETE} ${here} ${optionWords(option)}`),
  ];
}

/** All words on the way to a command were typed, and none that leads further. */
function conditionOf({ path, commands }: CommandTree): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const further = commands.map(({ name }) => name).join(' ');
  const none = further === '' ? [] : [`not __fish_seen_subcommand_from ${further}`];
  return [...seen, ...none].join('; and ');
}

function optionWords({ flags, value, choices, purpose }: CommandOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const values = choices.length > 0 ? [`-a ${quoted(choices.join(' '))}`] : [];
  const kinds = { none: [], file: ['-r -F'], word: ['-x'] } as const;
  return [...names, ...kinds[value], ...values, `-d ${quoted(purpose.split('\n')[0] ?? '')}`].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
