import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether tests that need systemd's analyser are left out: never where it must be there. */
export const NO_SYSTEMD =
  process.env['SYSTEMD_REQUIRED'] === undefined && spawnSync('systemd-analyze', ['--version']).status !== 0;

/** The values of a setting of a unit, in their order. */
export function settingOf(unit: string, name: string): string[] {
  const lines = readFileSync(unit, 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
}

/** The system calls that `SystemCallFilter` of a unit leaves. */
export function permittedSystemCalls(unit: string): string[] {
  const names = new Set<string>();
  for (const line of settingOf(unit, 'SystemCallFilter')) {
    const isDenied = line.startsWith('~');
    for (const word of line.replace('~', '').split(' ')) {
      for (const name of namesIn(word)) isDenied ? names.delete(name) : names.add(name);
    }
  }
  return [...names];
}

/** A group has others in it. */
function namesIn(word: string): string[] {
  if (!word.startsWith('@')) return [word];
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', '--no-pager', word], {
    encoding: 'utf8',
  });
  const members = stdout
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return members.filter((line) => line !== '' && !line.startsWith('#')).flatMap(namesIn);
}
