import { describe, expect, test } from 'vitest';
import { withTakenOptions } from '../../../lib/cli/program/npm-options.ts';

describe('options that npm took as its own', () => {
  const OPTIONS = ['--once', '--state', '--scenario', '--state-file'];
  const NPM = { npm_lifecycle_event: 'start' };

  test('are recommended after a second --', () => {
    expect(withTakenOptions(OPTIONS, [], { ...NPM, npm_config_once: 'true' })).toBe('npm start -- --once');
    expect(withTakenOptions(OPTIONS, ['stall'], { ...NPM, npm_config_scenario: 'true' })).toBe(
      'npm start -- --scenario stall',
    );
    expect(withTakenOptions(OPTIONS, [], { ...NPM, npm_config_state: 'a.db' })).toBe(
      'npm start -- --state=a.db',
    );
    expect(withTakenOptions(OPTIONS, ['deliveries', 'list'], { ...NPM, npm_config_state_file: 'a.db' })).toBe(
      'npm start -- deliveries list --state-file=a.db',
    );
  });

  test('are none when they arrived, when npm has others, and without npm', () => {
    expect(withTakenOptions(OPTIONS, ['--once'], { ...NPM, npm_config_once: 'true' })).toBeUndefined();
    expect(withTakenOptions(OPTIONS, [], { ...NPM, npm_config_loglevel: 'error' })).toBeUndefined();
    expect(withTakenOptions(OPTIONS, [], { npm_config_once: 'true' })).toBeUndefined();
    expect(
      withTakenOptions(OPTIONS, [], { npm_lifecycle_event: 'npx', npm_config_once: 'true' }),
    ).toBeUndefined();
  });
});
