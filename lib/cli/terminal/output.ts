import type { Writable } from 'node:stream';
import { codeOf } from '../../base/errors.ts';
import { count } from '../../base/text.ts';

export interface Output {
  write(line: string): void;
  /** Sets the reaction to lines that cannot be written: their reader is gone (`| head`), or the disk is full. */
  onWriteFailure(react: (failure: 'gone' | 'unwritable') => void): void;
}

/**
 * Lines to a stream that may fail, for a while or for good. No failure ends the program by itself; the stream is tried
 * again with each line, and the first one that can be written says how many were lost.
 *
 * @param say makes the line that says it
 */
export function createOutput(stream: Writable, say: (message: string) => string): Output {
  let react: Parameters<Output['onWriteFailure']>[0] = () => undefined;
  let lost = 0;
  let why = '';

  const written = (error?: Error | null): void => {
    if (error) {
      lost += 1;
      why = codeOf(error) ?? 'unknown error';
      return;
    }
    if (lost === 0) return;
    const message = `${count(lost, 'line')} of this log could not be written (${why})`;
    lost = 0;
    stream.write(`${say(message)}\n`, written);
  };

  // Without a listener it would end the program.
  stream.on('error', (error) => react(codeOf(error) === 'EPIPE' ? 'gone' : 'unwritable'));
  return {
    write: (line) => void stream.write(`${line}\n`, written),
    onWriteFailure(next) {
      react = next;
    },
  };
}
