import { relative } from 'node:path';
import { type DrillReport, haveAllTaken } from '../../../drill/drill.ts';
import { EXIT, type ExitCode } from '../../command.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type CheckedUp, checkedUp, printCheckup } from '../check/check.ts';
import { documentOf as checkDocument } from '../check/output.ts';
import { documentOf as testDocument } from '../test/output.ts';
import { printTest, tested } from '../test/test.ts';
import type { Answers } from './answers.ts';
import type { KeyState } from './key.ts';

export interface Written {
  readonly file: string;
  readonly answers: Answers;
  readonly key: KeyState;
  readonly json: boolean;
}

/** The result of a configuration that was written. */
interface Finish {
  /** The file, as somebody in this folder would write it. */
  readonly name: string;
  /** Variables that it refers to and that are not set. */
  readonly unset: readonly string[];
  readonly isKeyFound: boolean;
  /** Absent where a key or a variable is missing: then the checks are left to its owner. */
  readonly checked?: CheckedUp;
  /** Absent where the configuration is refused as well. */
  readonly sent?: DrillReport;
}

/** Checks what was written, sends one message, and says what to type next. */
export async function finish(written: Written, terminal: Terminal): Promise<ExitCode> {
  const { file, answers, key, json } = written;
  const { cwd, write, env } = terminal;
  const shorter = relative(cwd, file);
  const name = shorter.startsWith('..') ? file : shorter;
  const say = json ? () => undefined : write;
  const begun = { name, unset: unsetIn(answers, env), isKeyFound: key.isFound };
  say(`Wrote ${name}.`);
  const done = await tried(begun, file, { say, print: !json }, terminal);
  if (done.checked?.code === EXIT.misused) terminal.complain(`${name} ${KEPT}`);
  if (json) write(JSON.stringify(documentOf(done, terminal)));
  else for (const line of closingLines(done, key, terminal)) write(line);
  return codeOf(done);
}

const KEPT =
  'is written and keeps your answers, but a watcher would refuse it: correct it, or the variables that it refers to. init does not write it again as long as it is there';

interface ProgressOutput {
  readonly say: (line: string) => void;
  /** The results are printed as they come. */
  readonly print: boolean;
}

async function tried(
  begun: Finish,
  file: string,
  { say, print }: ProgressOutput,
  terminal: Terminal,
): Promise<Finish> {
  if (begun.unset.length > 0 || !begun.isKeyFound) return begun;
  const options = { config: file, state: undefined, json: false };
  say('');
  const checked = await checkedUp({ ...options, offline: false }, terminal);
  if (print) printCheckup(checked.sections, false, terminal);
  say('');
  if (checked.code === EXIT.misused) return { ...begun, checked };
  // A problem of a project keeps nobody from seeing that the chats work.
  const sent = await tested({ config: file, channel: [] }, terminal);
  if (print) printTest(sent, false, terminal);
  say('');
  return { ...begun, checked, sent };
}

function closingLines(done: Finish, key: KeyState, terminal: Terminal): string[] {
  const { name, unset } = done;
  const next = nextOf(done, terminal);
  if (done.checked === undefined) {
    const variables = unset.map((one) => `${one}=…`).join(' ');
    return [
      ...key.advice,
      ...(unset.length > 0 ? [`Set what ${name} refers to: export ${variables}`] : []),
      '',
      `Then:  ${next.join('   and   ')}`,
    ];
  }
  if (isFine(done)) return [`Next, to watch:  ${next.join('')}`];
  return [`Mend what is wrong, then:  ${next.join('   and   ')}`];
}

/** The next commands to type. */
function nextOf({ name, checked, sent }: Finish, { self }: Terminal): string[] {
  const option = name === 'watch.yml' ? '' : ` --config ${name}`;
  const isChecked = checked?.code === EXIT.done;
  const isSent = sent !== undefined && haveAllTaken(sent);
  const open = [...(isChecked ? [] : ['check']), ...(isSent ? [] : ['test'])];
  return (open.length === 0 ? ['watch'] : open).map((word) => `${self} ${word}${option}`);
}

function isFine({ checked, sent }: Finish): boolean {
  return checked?.code === EXIT.done && sent !== undefined && haveAllTaken(sent);
}

function codeOf(done: Finish): ExitCode {
  const { checked } = done;
  if (checked === undefined) return EXIT.done;
  if (checked.code === EXIT.misused) return EXIT.misused;
  return isFine(done) ? EXIT.done : EXIT.failed;
}

/** For programs: what was written, what is missing, and what the check and the message came to. */
function documentOf(done: Finish, terminal: Terminal) {
  const { name, unset, isKeyFound, checked, sent } = done;
  return {
    written: name,
    good: isFine(done),
    isRefused: checked?.code === EXIT.misused,
    isKeyFound,
    unset,
    check: checked === undefined ? null : checkDocument(checked.sections),
    test: sent === undefined ? null : testDocument(sent),
    next: nextOf(done, terminal),
  };
}

function unsetIn({ channels }: Answers, env: Terminal['env']): string[] {
  const named = channels.flatMap(({ settings }) =>
    settings.flatMap(({ isVariable, value }) => (isVariable ? [value] : [])),
  );
  return [...new Set(named.filter((name) => !env[name]))];
}
