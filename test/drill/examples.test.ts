import { describe, expect, it } from 'vitest';
import { passes } from '../../lib/channels/filter.ts';
import { examplesOf, type Setting } from '../../lib/drill/examples/examples.ts';
import { typeOf } from '../../lib/drill/types.ts';
import { EVENT_KINDS } from '../../lib/events/kinds.ts';
import { PHASES } from '../../lib/events/phase.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { mustBeDescribed } from '../support/event-schemas.ts';

const SETTING: Setting = {
  now: new Date('2026-01-05T02:12:00.000Z'),
  stamp: { nonce: 'test', drill: true },
  project: 'prod',
  region: 'cn-north-4',
  group: 'orders',
  task: 'orders-cache',
};

describe.each(EVENT_TYPES)('the examples of %s', (type) => {
  const examples = examplesOf(type, undefined, SETTING);

  it('are events as their published schema describes them', () => {
    expect(examples.length).toBeGreaterThan(0);
    mustBeDescribed(examples);
  });

  it('have every severity that the type may have, and say that they are drills', () => {
    expect(new Set(examples.map(({ severity }) => severity))).toEqual(new Set(EVENT_KINDS[type].severities));
    for (const { drill } of examples) expect(drill).toBe(true);
  });

  it('say a sentence', () => {
    for (const { data } of examples) {
      expect(data.summary).toMatch(/\w+ \w+/);
      expect(data.summary).not.toMatch(/undefined|NaN|dcs\./);
    }
  });
});

describe('an example', () => {
  it('is of the project, with the labels and of the group that a filter wants', () => {
    const when = { projects: ['staging'], labels: { team: 'orders' } };
    const [task] = examplesOf('dcs.migration.progress', when, SETTING);
    expect(task && passes(task, when)).toBe(true);
    const ofGroup = { groups: ['payments'], projects: ['staging'] };
    const [group] = examplesOf('dcs.group.ready', ofGroup, SETTING);
    expect(group && passes(group, ofGroup)).toBe(true);
  });

  it('enters each phase that a task is often seen in', () => {
    const entered = EVENT_TYPES.flatMap((type) => examplesOf(type, undefined, SETTING)).flatMap(
      ({ data }) => data.to?.phase ?? [],
    );
    const rare = ['creating', 'migrating', 'unknown'];
    expect(new Set(entered)).toEqual(new Set(PHASES.filter((phase) => !rare.includes(phase))));
  });
});

describe('a type of event on the command line', () => {
  it('is written with or without its prefix', () => {
    expect(typeOf('migration.gone')).toBe('dcs.migration.gone');
    expect(typeOf('dcs.migration.gone')).toBe('dcs.migration.gone');
  });

  it('that does not exist is answered with the nearest one', () => {
    expect(typeOf('migration.cutover_redy')).toEqual({
      problem: expect.stringContaining('did you mean migration.cutover_ready? '),
    });
  });
});
