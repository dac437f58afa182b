import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for all that the tests of this run put aside; it goes with the run, whatever becomes of a test. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'dcs-migration-watch-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
