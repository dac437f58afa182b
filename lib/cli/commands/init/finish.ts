import { relative } from 'node:path';
import { EXIT, type ExitCode } from '../../command.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { check } from '../check/check.ts';
import { testCommand } from '../test/test.ts';
import type { Answers } from './answers.ts';
import type { KeyState } from './key.ts';

export interface Written {
  readonly file: string;
  readonly answers: Answers;
  readonly key: KeyState;
}

/** Checks what was written, sends one message, and says what to type next. */
export async function finish({ file, answers, key }: Written, terminal: Terminal): Promise<ExitCode> {
  const { cwd, write, env, self } = terminal;
  const shorter = relative(cwd, file);
  const name = shorter.startsWith('..') ? file : shorter;
  const option = name === 'watch.yml' ? '' : ` --config ${name}`;
  write(`Wrote ${name}.`);
  const unset = unsetIn(answers, env);
  if (unset.length > 0 || !key.isFound) {
    for (const line of key.advice) write(line);
    if (unset.length > 0)
      write(`Set what ${name} refers to: export ${unset.map((one) => `${one}=…`).join(' ')}`);
    write('');
    write(`Then:  ${self} check${option}   and   ${self} test${option}`);
    return EXIT.done;
  }
  const options = { config: file, state: undefined, json: false };
  write('');
  const checked = await check({ ...options, offline: false }, terminal);
  write('');
  if (checked === EXIT.misused) {
    write(`Mend what is wrong, then:  ${self} check${option}   and   ${self} test${option}`);
    return checked;
  }
  // What is wrong with a project keeps nobody from seeing that the chats work.
  const tested = await testCommand({ ...options, channel: [] }, terminal);
  write('');
  const failed = [...(checked === EXIT.done ? [] : ['check']), ...(tested === EXIT.done ? [] : ['test'])];
  const again = failed.map((one) => `${self} ${one}${option}`).join('   and   ');
  write(
    failed.length > 0 ? `Mend what is wrong, then:  ${again}` : `Next, to watch:  ${self} watch${option}`,
  );
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

function unsetIn({ channels }: Answers, env: Terminal['env']): string[] {
  const named = channels.flatMap(({ settings }) =>
    settings.flatMap(({ isVariable, value }) => (isVariable ? [value] : [])),
  );
  return [...new Set(named.filter((name) => !env[name]))];
}
