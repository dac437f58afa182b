import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from '../../../lib/cli/terminal/output.ts';

test('lines that cannot be written do not end the program, and are counted in the next line', async () => {
  const written: string[] = [];
  let fault: string | undefined;
  const stream = new Writable();
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const done = rest.find((one) => typeof one === 'function');
    const error = fault === undefined ? null : Object.assign(new Error('no'), { code: fault });
    if (error === null) written.push(String(chunk));
    else stream.emit('error', error);
    done?.(error);
    return true;
  };
  const failures: string[] = [];
  const output = createOutput(stream, (message) => `! ${message}`);
  output.onWriteFailure((failure) => failures.push(failure));

  output.write('one');
  fault = 'ENOSPC';
  output.write('two');
  output.write('three');
  fault = undefined;
  output.write('four');
  output.write('five');

  expect(written).toEqual([
    'one\n',
    'four\n',
    '! 2 lines of this log could not be written (ENOSPC)\n',
    'five\n',
  ]);
  expect(failures).toEqual(['unwritable', 'unwritable']);
});

test('a reader that is gone is reported differently from a full disk', () => {
  const stream = new Writable();
  const failures: string[] = [];
  createOutput(stream, String).onWriteFailure((failure) => failures.push(failure));
  for (const code of ['EPIPE', 'ENOSPC', 'EIO'])
    stream.emit('error', Object.assign(new Error('no'), { code }));
  expect(failures).toEqual(['gone', 'unwritable', 'unwritable']);
});
