import { allIn, type CommandOption, type CommandTree, pathOf } from '../../tree.ts';

/** The script for bash 3.2 and newer: the words that are commands lead to those that may follow. */
export function bashScript(program: CommandTree): string[] {
  const trees = allIn(program);
  return [
    '# Completion of dcs-migration-watch for bash.',
    '_dcs_migration_watch() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$path/$word" in',
    `      ${trees.slice(1).map(pathOf).join('|')}) path="$path/$word" ;;`,
    '    esac',
    '  done',
    '  case "$path $prev" in',
    ...trees.flatMap((tree) => tree.options.flatMap((option) => valueCase(tree, option))),
    '  esac',
    '  case "$path" in',
    ...trees.map((tree) => `    '${pathOf(tree)}') words='${wordsAfter(tree).join(' ')}' ;;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -F _dcs_migration_watch dcs-migration-watch',
  ];
}

function valueCase(tree: CommandTree, { flags, value, choices }: CommandOption): string[] {
  if (value === 'none') return [];
  const patterns = flags.map((flag) => `'${pathOf(tree)} ${flag}'`).join('|');
  const words = value === 'file' ? '-f' : `-W '${choices.join(' ')}'`;
  return [`    ${patterns}) COMPREPLY=($(compgen ${words} -- "$cur")); return ;;`];
}

function wordsAfter(tree: CommandTree): string[] {
  return [
    ...tree.commands.map(({ name }) => name),
    ...tree.arguments.flatMap(({ choices }) => choices),
    ...tree.options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith('--'))),
  ];
}
