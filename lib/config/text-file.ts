import { constants, open } from 'node:fs/promises';
import { codeOf } from '../base/errors.ts';

/** Bytes of one read, and so the memory for even an empty file. */
const PIECE_BYTES = 64 * 1024;

/** The text, or the problem in a sentence about `it`. */
export type FileText = { readonly text: string } | { readonly problem: string };

/**
 * Reads a small text file in UTF-8. It refuses anything else at once: an endless device, a pipe without a writer, a
 * folder, a growing file.
 *
 * @param mostBytes a longer file is refused
 */
export async function readTextFile(path: string, mostBytes: number): Promise<FileText> {
  try {
    const bytes = await readBytes(path, mostBytes);
    if (bytes === undefined)
      return { problem: 'it is not a regular file (but a folder, a pipe or a device)' };
    if (bytes.length > mostBytes) return { problem: `it has more than ${sizeWords(mostBytes)}` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { problem: error instanceof TypeError ? 'it is not UTF-8 text' : systemWords(error) };
  }
}

/** @returns nothing unless it is a regular file; a little more than `mostBytes` of a file that is too long */
async function readBytes(path: string, mostBytes: number): Promise<Buffer | undefined> {
  // Without O_NONBLOCK opening a pipe waits until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const pieces: Buffer[] = [];
    let size = 0;
    while (size <= mostBytes) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES);
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(pieces);
  } finally {
    await file.close();
  }
}

function sizeWords(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`;
}

function systemWords(error: unknown): string {
  const code = codeOf(error) ?? 'unknown fault';
  return FILE_REASONS.get(code) ?? `the system says ${code}`;
}

const FILE_REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENAMETOOLONG', 'its path is too long'],
  ['ELOOP', 'its symbolic links form a loop'],
  ['ENXIO', 'it is not a regular file (but a folder, a pipe or a device)'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'this user may not read it'],
  ['EPERM', 'this user may not read it'],
]);
