import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../../base/errors.ts';

/** Where an SQLite file would be made. */
export type FileLocation =
  | { readonly kind: 'file' }
  /** There is no file, and it can be made. */
  | { readonly kind: 'free' }
  /** There is no file, and none can be made. */
  | { readonly kind: 'closed'; readonly folder: string; readonly reason: string };

/**
 * Whether there is a file, and if not, whether it could be made: the nearest folder that is there takes a folder, which
 * goes at once. Rights alone prove nothing: root may do anything but on a file system that is read-only.
 *
 * @param folder what a relative name starts from
 */
export function locationOf(file: string, folder: string): FileLocation {
  const path = resolve(folder, file);
  if (isThere(path)) return { kind: 'file' };
  const nearest = nearestThere(dirname(path));
  try {
    rmdirSync(mkdtempSync(join(nearest, '.dcs-migration-watch-check-')));
    return { kind: 'free' };
  } catch (error) {
    return { kind: 'closed', folder: nearest, reason: reasonOf(codeOf(error)) };
  }
}

/** Also when nobody may look: then what opens it says so. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return codeOf(error) !== 'ENOTDIR';
  }
}

function nearestThere(folder: string): string {
  return isThere(folder) || dirname(folder) === folder ? folder : nearestThere(dirname(folder));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'this user may not write there'],
  ['EROFS', 'its file system is read-only'],
  ['ENOTDIR', 'it is a file, not a folder'],
  ['ENOSPC', 'its disk is full'],
  ['EDQUOT', 'its quota is used up'],
]);

function reasonOf(code = 'unknown fault'): string {
  return REASONS.get(code) ?? `no folder can be made there (${code})`;
}
