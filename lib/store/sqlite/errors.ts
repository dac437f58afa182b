import { codeOf } from '../../base/errors.ts';
import { StoreError, type StoreErrorCode } from '../errors.ts';

/** The class of a fault, and the advice in its message. */
type StoreFault = readonly [code: StoreErrorCode, advice: string];

const NOT_WRITABLE: StoreFault = [
  'denied',
  'make the file and its folder writable for this user, or choose another file',
];
const NOT_OURS: StoreFault = ['corrupt', 'restore a backup, or move it away to start afresh'];
const NO_ROOM: StoreFault = ['unavailable', 'free some space on the disk'];
const IN_USE: StoreFault = ['unavailable', 'another process is using it; stop that process, or wait'];
const FAULTY_DISK: StoreFault = ['unavailable', 'check the disk and its free space'];

/** Primary result codes, https://www.sqlite.org/rescode.html (the low byte of an extended one). */
const BY_RESULT_CODE: Readonly<Record<number, StoreFault>> = {
  3: NOT_WRITABLE, // PERM
  5: IN_USE, // BUSY
  6: IN_USE, // LOCKED
  7: FAULTY_DISK, // NOMEM: also a shared-memory file that cannot grow
  8: NOT_WRITABLE, // READONLY
  10: FAULTY_DISK, // IOERR
  13: NO_ROOM, // FULL
  14: NOT_WRITABLE, // CANTOPEN
  15: IN_USE, // PROTOCOL: gave up waiting for a lock
  23: NOT_WRITABLE, // AUTH
};

const BY_SYSTEM_CODE: Readonly<Record<string, StoreFault>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EIO: FAULTY_DISK,
  EMFILE: ['unavailable', 'too many files are open'],
  ENFILE: ['unavailable', 'too many files are open'],
  EEXIST: ['denied', 'a part of its path is a file, not a folder; choose another file'],
  ENOENT: ['denied', 'no folder can be created there; choose another file'],
  ENOTDIR: ['denied', 'a part of its path is a file, not a folder; choose another file'],
};

/** Result codes for a file that another process has locked. */
const LOCKED: ReadonlySet<number> = new Set([5, 6, 15]);

/** Whether another process had the file locked, which may end by itself. */
export function isLocked(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code !== undefined && LOCKED.has(code & 0xff);
}

function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/**
 * Runs `work` on the SQLite file.
 *
 * @throws {StoreError} for every error of SQLite or the file system
 */
export function onFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StoreError ? error : toStoreError(error, file);
  }
}

function toStoreError(error: unknown, file: string): StoreError {
  const { reason, fault } = diagnosisOf(error);
  return new StoreError(fault[0], `The SQLite file ${file} cannot be used (${reason}): ${fault[1]}.`);
}

/**
 * Describes an error by SQLite's fixed texts (`errstr`), which contain no data. Its message may quote SQL, and is left
 * out.
 */
function diagnosisOf(error: unknown): { reason: string; fault: StoreFault } {
  const resultCode = resultCodeOf(error);
  if (resultCode !== undefined) {
    const words =
      error instanceof Error && 'errstr' in error && typeof error.errstr === 'string'
        ? `${error.errstr}, `
        : '';
    return {
      reason: `${words}SQLite code ${resultCode}`,
      fault: BY_RESULT_CODE[resultCode & 0xff] ?? NOT_OURS,
    };
  }
  const code = codeOf(error) ?? 'unknown fault';
  return { reason: code, fault: BY_SYSTEM_CODE[code] ?? NOT_WRITABLE };
}
