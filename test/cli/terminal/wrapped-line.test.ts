import { describe, expect, it } from 'vitest';
import { wrappedLine } from '../../../lib/cli/terminal/wrapped-line.ts';

const WORDS = 'project prod: the key may not do this; ask for the role that the documentation names';

describe('a line of the log on a terminal', () => {
  it('goes on below the beginning of its message', () => {
    expect(wrappedLine(`2026-01-05 02:12:11Z ! ${WORDS}`, 72)).toBe(
      [
        '2026-01-05 02:12:11Z ! project prod: the key may not do this; ask for',
        '                       the role that the documentation names',
      ].join('\n'),
    );
  });

  it('has a zone in its time', () => {
    const [first, second] = wrappedLine(`2026-01-05 10:12:11 UTC+8   ${WORDS}`, 72).split('\n');
    expect(first?.startsWith('2026-01-05 10:12:11 UTC+8   project prod')).toBe(true);
    expect(second).toMatch(/^ {28}\S/);
  });

  it('goes on near the margin where the terminal is narrow', () => {
    const lines = wrappedLine(`2026-01-05 02:12:11Z ! ${WORDS}`, 50).split('\n');
    expect(lines.slice(1)).toEqual(lines.slice(1).map(() => expect.stringMatching(/^ {2}\S/)));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(50);
  });

  it('stays as it is where the width is not known', () => {
    expect(wrappedLine(WORDS.repeat(9), undefined)).toBe(WORDS.repeat(9));
  });
});
