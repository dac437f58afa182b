import { Argument } from '@commander-js/extra-typings';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { type CommandTree, treeOf } from '../../tree.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<
  string,
  (tree: CommandTree) => string[]
>;
const SHELLS = ['bash', 'zsh', 'fish'] as const satisfies readonly (keyof typeof SCRIPTS)[];

export function command(cli: Cli) {
  return cli
    .command('completion', 'print the script with which a shell completes this command', [
      ['completion bash > FILE', 'FILE: ~/.local/share/bash-completion/completions/dcs-migration-watch'],
      ['completion zsh > FILE', 'FILE: _dcs-migration-watch in a folder of $fpath'],
      ['completion fish > FILE', 'FILE: ~/.config/fish/completions/dcs-migration-watch.fish'],
    ])
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell) => cli.ends(run(shell, cli)));
}

async function run(shell: keyof typeof SCRIPTS, { terminal, whole }: Cli): Promise<ExitCode> {
  const tree = treeOf(await whole());
  for (const line of SCRIPTS[shell](tree)) terminal.write(line);
  return EXIT.done;
}
