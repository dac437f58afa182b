import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_SYSTEMD, permittedSystemCalls, settingOf } from '../support/systemd.ts';

const run = promisify(execFile);
const SERVICE = 'deploy/systemd/dcs-migration-watch.service';
const ONCE = 'deploy/systemd/dcs-migration-watch-once.service';
const TIMER = 'deploy/systemd/dcs-migration-watch-once.timer';
const STATE = '/var/lib/dcs-migration-watch';

/** From 0, nothing is exposed, to 10. What is left is the network and the sockets that it needs. */
const MOST_EXPOSURE = 1.5;

/** The lines from the user on: all that confines the process. */
function confinement(unit: string): string {
  const text = readFileSync(unit, 'utf8');
  return text.slice(text.indexOf('DynamicUser=')).split('\n[Install]')[0]?.trim() ?? '';
}

describe('the units for systemd', () => {
  it.each([SERVICE, ONCE])(
    '%s keeps its state where it may write, and reads its secrets from a file',
    (unit) => {
      expect(settingOf(unit, 'StateDirectory')).toEqual([basename(STATE)]);
      expect(settingOf(unit, 'Environment')).toEqual([
        'WATCH_CONFIG=/etc/dcs-migration-watch/watch.yml',
        `STATE_FILE=${STATE}/watch.db`,
      ]);
      expect(settingOf(unit, 'EnvironmentFile')).toEqual(['/etc/dcs-migration-watch/secrets.env']);
    },
  );

  it('confine both ways to run in the same way', () => {
    expect(confinement(ONCE)).toBe(confinement(SERVICE));
    expect(confinement(SERVICE)).toContain('ProtectSystem=strict');
  });

  it('start again what failed, but not with a configuration that is wrong', () => {
    expect(settingOf(SERVICE, 'Restart')).toEqual(['on-failure']);
    expect(settingOf(SERVICE, 'RestartPreventExitStatus')).toEqual(['2']);
  });

  it('have a timer that starts one tick every minute', () => {
    expect(settingOf(TIMER, 'OnCalendar')).toEqual(['minutely']);
    expect(settingOf(ONCE, 'ExecStart')[0]).toMatch(/ watch --once$/);
  });
});

/** CI installs Debian's `systemd`; where it is not, these tests are named as left out. */
describe.skipIf(NO_SYSTEMD)('systemd-analyze', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-units-'));
    for (const unit of [SERVICE, ONCE, TIMER]) {
      // It looks whether the program is there.
      const text = readFileSync(unit, 'utf8').replaceAll('/opt/dcs-migration-watch/node', process.execPath);
      await writeFile(join(folder, basename(unit)), text);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));
  const placed = (unit: string) => join(folder, basename(unit));

  it('finds no mistake in the units', async () => {
    const verified = await run('systemd-analyze', ['verify', ...[SERVICE, ONCE, TIMER].map(placed)]);
    expect(verified.stdout + verified.stderr).toBe('');
  });

  it('finds a setting that is misspelt', async () => {
    const misspelt = join(folder, 'misspelt.service');
    const text = readFileSync(placed(SERVICE), 'utf8').replace('ProtectHome=', 'ProtectHouse=');
    await writeFile(misspelt, text);
    const { stderr } = await run('systemd-analyze', ['verify', misspelt]);
    expect(stderr).toContain('ProtectHouse');
  });

  it.each([SERVICE, ONCE])('finds %s hardly exposed', async (unit) => {
    const offline = ['security', '--offline=true', '--no-pager', `--threshold=${MOST_EXPOSURE * 10}`];
    const { stdout } = await run('systemd-analyze', [...offline, placed(unit)]);
    const [, exposure] = /exposure level.*: (\d+\.\d)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(MOST_EXPOSURE);
  });

  it('knows the groups of system calls', () => {
    const permitted = permittedSystemCalls(SERVICE);
    expect(permitted).toEqual(expect.arrayContaining(['read', 'connect', 'fsync', 'epoll_wait']));
    for (const name of ['mount', 'ptrace', 'setuid', 'reboot']) expect(permitted).not.toContain(name);
  });
});
