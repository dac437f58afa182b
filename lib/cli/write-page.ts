import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf } from '../base/errors.ts';
import { EXIT, type ExitCode } from './command.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface PageFile {
  readonly file: string;
  /** Programs read what is printed besides: nothing else stands there. */
  readonly json: boolean;
}

/** Writes a page into a file, in place of one that is there, and says so on the terminal. */
export async function writePage(
  { file, json }: PageFile,
  page: string,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    await writeFile(resolve(terminal.cwd, file), page);
  } catch (error) {
    terminal.complain(`${file} could not be written (${codeOf(error) ?? 'no reason given'})`);
    return EXIT.failed;
  }
  if (!json) terminal.write(`${file} is written`);
  return EXIT.done;
}
