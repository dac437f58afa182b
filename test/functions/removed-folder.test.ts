import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LONGEST_RUN_MS, PROGRAM } from '../support/program.ts';

describe('a command in a folder that was removed', () => {
  it.each(['', 'status', 'init --yes', 'tasks list'])('says so in one line: %s', async (words) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'removed-folder-')));
    const script = `rmdir "${folder}"; exec "${process.execPath}" --disable-warning=ExperimentalWarning "${PROGRAM}" ${words}`;
    const running = promisify(execFile)('/bin/sh', ['-c', script], {
      cwd: folder,
      env: {},
      timeout: LONGEST_RUN_MS,
    });
    await expect(running).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^dcs-migration-watch: the folder that this was started in is gone .*\n$/,
      ),
    });
  });
});
