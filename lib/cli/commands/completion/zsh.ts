import { allIn, type CommandOption, type CommandTree, pathOf } from '../../tree.ts';

/** The script for zsh: as for bash, with the purpose beside each word. */
export function zshScript(program: CommandTree): string[] {
  const trees = allIn(program);
  return [
    '#compdef dcs-migration-watch',
    '# Completion of dcs-migration-watch for zsh.',
    '_dcs_migration_watch() {',
    '  local at="" word',
    '  local -a commands options',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    case "$at/$word" in',
    `      ${trees.slice(1).map(pathOf).join('|')}) at="$at/$word" ;;`,
    '    esac',
    '  done',
    '  case "$at $words[CURRENT-1]" in',
    ...trees.flatMap((tree) => tree.options.flatMap((option) => valueCase(tree, option))),
    '  esac',
    '  case "$at" in',
    ...trees.flatMap((tree) => [
      `    '${pathOf(tree)}')`,
      `      commands=(${commandWords(tree).join(' ')})`,
      `      options=(${optionWords(tree).join(' ')}) ;;`,
    ]),
    '  esac',
    '  (( $#commands )) && _describe command commands',
    '  _describe option options',
    '}',
    'if [[ "$funcstack[1]" == _dcs-migration-watch ]]; then _dcs_migration_watch "$@"; else compdef _dcs_migration_watch dcs-migration-watch; fi',
  ];
}

function valueCase(tree: CommandTree, { flags, value, choices }: CommandOption): string[] {
  if (value === 'none') return [];
  const patterns = flags.map((flag) => `'${pathOf(tree)} ${flag}'`).join('|');
  const words =
    value === 'file' ? '_files' : choices.length === 0 ? '_message value' : `compadd ${choices.join(' ')}`;
  return [`    ${patterns}) ${words}; return ;;`];
}

function commandWords(tree: CommandTree): string[] {
  const choices = tree.arguments.flatMap((argument) => argument.choices.map((choice) => entry(choice, '')));
  return [...tree.commands.map(({ name, purpose }) => entry(name, purpose)), ...choices];
}

function optionWords({ options }: CommandTree): string[] {
  return options.flatMap(({ flags, purpose }) =>
    flags.filter((flag) => flag.startsWith('--')).map((flag) => entry(flag, purpose)),
  );
}

/** `'list:list deliveries'`: a colon ends the word, and an apostrophe the text. */
function entry(word: string, purpose: string): string {
  const [line = ''] = purpose.split('\n');
  return `'${word}:${line.replaceAll("'", "'\\''")}'`;
}
