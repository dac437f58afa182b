import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** A command with those within it, as completion and the manual page need it. */
export interface CommandTree {
  readonly name: string;
  /** The names on the way to it, without that of the program: `deliveries list`. */
  readonly path: readonly string[];
  readonly purpose: string;
  /** Its arguments as the help shows them: `<task>`. */
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly commands: readonly CommandTree[];
}

export interface CommandArgument {
  readonly term: string;
  readonly purpose: string;
  /** The words that it can be, where that is known. */
  readonly choices: readonly string[];
}

export interface CommandOption {
  /** Its forms: `--json`, `-h`. */
  readonly flags: readonly string[];
  /** As the help shows it: `--config <file>`. */
  readonly term: string;
  readonly purpose: string;
  readonly value: 'none' | 'file' | 'word';
  readonly choices: readonly string[];
}

/** Placeholders of values that may be files. */
const FILES = /<(?:file|place|state-or-place)>/;

export function treeOf(command: CommandUnknownOpts, above: readonly string[] = []): CommandTree {
  const helper = command.createHelp();
  const path = command.parent === null ? above : [...above, command.name()];
  return {
    name: command.name(),
    path,
    purpose: helper.subcommandDescription(command),
    arguments: command.registeredArguments.map((argument) => ({
      term: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      purpose: argument.description,
      choices: argument.argChoices ?? [],
    })),
    options: helper.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].flatMap((flag) => flag ?? []),
      term: helper.optionTerm(option),
      purpose: option.description,
      value: option.required || option.optional ? (FILES.test(option.flags) ? 'file' : 'word') : 'none',
      choices: option.argChoices ?? [],
    })),
    commands: command.commands.map((within) => treeOf(within, path)),
  };
}

/** A command and all within it, itself first. */
export function allIn(tree: CommandTree): readonly CommandTree[] {
  return [tree, ...tree.commands.flatMap(allIn)];
}

/** `/deliveries/list`; nothing for the program itself. */
export function pathOf({ path }: CommandTree): string {
  return path.map((word) => `/${word}`).join('');
}
