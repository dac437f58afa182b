import { describe, expect, test } from 'vitest';
import { DELIVERIES_HELP, readDeliveriesOptions } from '../../../../lib/cli/commands/deliveries/options.ts';

const NOW = new Date('2026-01-05T12:00:00.000Z');
const read = (line: string) => readDeliveriesOptions(line.split(' '), NOW);
const TWO_HOURS_AGO = new Date('2026-01-05T10:00:00.000Z');

describe('the options of deliveries', () => {
  test.each([
    ['list', { verb: 'list', json: false }],
    ['list --state dead', { verb: 'list', json: false, state: 'dead' }],
    ['list --state watch.db', { verb: 'list', json: false, file: 'watch.db' }],
    [
      'list --state dead --state .state/watch.db',
      { verb: 'list', json: false, state: 'dead', file: '.state/watch.db' },
    ],
    [
      'list --state watch.db --state pending',
      { verb: 'list', json: false, state: 'pending', file: 'watch.db' },
    ],
    ['list --state ./dead', { verb: 'list', json: false, file: './dead' }],
    [
      'list --channel ops --since 2h --config other.yml --json',
      { verb: 'list', json: true, channel: 'ops', since: TWO_HOURS_AGO, config: 'other.yml' },
    ],
    ['redrive', { verb: 'redrive', json: false, dryRun: false }],
    [
      'redrive --dry-run --channel ops --since 2h --until 2026-01-05T12:00',
      { verb: 'redrive', json: false, dryRun: true, channel: 'ops', since: TWO_HOURS_AGO, until: NOW },
    ],
    // Only a list has states to choose from.
    ['redrive --state dead', { verb: 'redrive', json: false, dryRun: false, file: 'dead' }],
    ['--help', { verb: 'help' }],
    ['list --help', { verb: 'help' }],
    ['redrive -h', { verb: 'help' }],
  ])('%s', (line, options) => {
    expect(read(line)).toEqual(options);
  });

  test.each([
    ['lst', '"lst"'],
    ['list --stat dead', '--stat'],
    ['list --state dead --state pending', 'several states'],
    ['list --state a.db --state b.db', 'several files'],
    ['list --until 2h', '--until'],
    ['list --dry-run', '--dry-run'],
    ['list surplus', 'surplus'],
    ['list --since yesterday', '--since'],
    ['list --channel', '--channel'],
    ['redrive --until soon', '--until'],
    ['redrive --since 1h --until 2h', '--until is before --since'],
    ['redrive --state a.db --state b.db', 'several files'],
  ])('%s is refused, with the reason in one line', (line, reason) => {
    const options = read(line);
    expect(options).toEqual({ verb: 'misused', problem: expect.stringContaining(reason) });
    expect('problem' in options && options.problem).not.toContain('\n');
  });

  test('must begin with a subcommand', () => {
    expect(readDeliveriesOptions([], NOW)).toMatchObject({ verb: 'misused' });
  });

  test('are all explained in the help', () => {
    const options = [
      'list',
      'redrive',
      '--channel',
      '--state',
      '--since',
      '--until',
      '--dry-run',
      '--config',
      '--json',
    ];
    for (const option of options) expect(DELIVERIES_HELP).toContain(option);
    for (const line of DELIVERIES_HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
