import { describe, expect, it } from 'vitest';
import { painter } from '../../../lib/cli/terminal/colours.ts';

const RED = '\u001b[31mx\u001b[39m';

describe('colours', () => {
  it.each([
    ['a terminal', {}, true, RED],
    ['a pipe', {}, false, 'x'],
    ['a terminal with NO_COLOR', { NO_COLOR: '1' }, true, 'x'],
    ['a terminal with an empty NO_COLOR', { NO_COLOR: '' }, true, RED],
    ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, RED],
    ['a terminal with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, 'x'],
    ['a terminal with both', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, RED],
    ['a dumb terminal', { TERM: 'dumb' }, true, 'x'],
  ])('on %s', (_where, env, isTerminal, shown) => {
    expect(painter(env, isTerminal)('red', 'x')).toBe(shown);
  });
});
