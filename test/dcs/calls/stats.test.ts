import { describe, expect, it } from 'vitest';
import { readStats } from '../../../lib/dcs/calls/stats.ts';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { sample } from '../samples.ts';

function figures(answer: unknown): Stats {
  const reading = readStats(JSON.stringify(answer));
  if (reading.kind !== 'read') throw new Error(reading.why);
  return reading.value;
}

describe('reading the figures of a task', () => {
  it.each([
    [
      'stats-numbers',
      {
        progressPercent: 100,
        offset: 42,
        sourceKeys: 120_034,
        targetKeys: 120_031,
        inputKbps: 12,
        opsPerSecond: 830,
        isMigrating: true,
      },
    ],
    [
      'stats-strings',
      {
        progressPercent: 100,
        offset: 0,
        sourceKeys: 120_034,
        targetKeys: 120_034,
        inputKbps: 0,
        opsPerSecond: 0,
        isMigrating: false,
      },
    ],
  ])('finds all of them in the sample %s', (name, expected) => {
    expect(figures(JSON.parse(sample(name).body))).toEqual(expected);
  });

  it.each<readonly [unknown, number]>([
    [0, 0],
    ['0', 0],
    ['99.5', 99.5],
    [' 7 ', 7],
    [9007199254740991, 9007199254740991],
    ['00012', 12],
    [101, 101],
  ])('takes %j for the number %d', (value, number) => {
    expect(figures({ offset: value })).toEqual({ offset: number });
  });

  it.each([
    null,
    '',
    ' ',
    -1,
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1,000',
    '12 %',
    'NaN',
    'Infinity',
    '9'.repeat(400),
    '9007199254740992',
    1e305,
    true,
    [],
    [7],
    {},
    '七',
  ])('does not take %j for a number', (value) => {
    expect(figures({ offset: value, target_ops: 1 })).toEqual({ opsPerSecond: 1 });
  });

  it.each([100.1, '250', 1e300])('does not take %j for progress', (value) => {
    expect(figures({ full_migration_progress: value, offset: 7 })).toEqual({ offset: 7 });
  });

  it.each([
    [76.37920000000001, 76.38],
    [99.999, 99.99],
    [100, 100],
  ])('takes %d for a progress of %d %', (value, percent) => {
    expect(figures({ full_migration_progress: value })).toEqual({ progressPercent: percent });
  });

  it('takes -0 for 0', () => {
    expect(readStats('{"offset":-0}')).toEqual({ kind: 'read', value: { offset: 0 } });
  });

  it('ignores numbers that are too large', () => {
    expect(readStats('{"offset":1e999,"target_ops":"1"}')).toEqual({
      kind: 'read',
      value: { opsPerSecond: 1 },
    });
  });

  it.each<readonly [unknown, boolean | undefined]>([
    [true, true],
    [false, false],
    ['true', true],
    ['FALSE', false],
    ['yes', undefined],
    [1, undefined],
    [null, undefined],
    [[true], undefined],
  ])('takes is_migrating %j for %j', (value, expected) => {
    expect(figures({ is_migrating: value }).isMigrating).toBe(expected);
  });

  it('reads no figures of a task whose fields are all empty', () => {
    expect(figures({ full_migration_progress: null, offset: '', is_migrating: null })).toEqual({});
  });

  it.each([
    ['', 'not_json'],
    ['{"offset":1', 'not_json'],
    ['null', 'no_object'],
    ['[{"offset":1}]', 'no_object'],
    ['{}', 'no_figures'],
    ['{"status":"SUCCESS","source_instance":{"password":"x"}}', 'no_figures'],
    ['{"__proto__":{"offset":1}}', 'no_figures'],
  ])('refuses %j: %s', (body, why) => {
    expect(readStats(body)).toEqual({ kind: 'unreadable', why });
  });

  it('survives figures nested 10,000 deep, and takes the last of duplicate keys', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(readStats(`{"offset":${deep},"is_migrating":${deep}}`)).toEqual({ kind: 'read', value: {} });
    expect(readStats('{"offset":1,"offset":2}')).toEqual({ kind: 'read', value: { offset: 2 } });
  });
});
