import { describe, expect, it } from 'vitest';
import { confirmationOf } from '../../../lib/migration/detect/confirmation.ts';
import { enrichmentFor } from '../../../lib/migration/detect/enrich.ts';
import { withRememberedSwitch } from '../../../lib/migration/detect/ip-switch.ts';
import { phaseOf } from '../../../lib/migration/detect/phase.ts';
import type { Enrichment, Stats } from '../../../lib/migration/model/enrichment.ts';
import type { Observation } from '../../../lib/migration/model/observation.ts';
import { meaningOf } from '../../../lib/migration/model/status.ts';
import { newRecord } from '../../../lib/records/record.ts';
import { detectAll, found, minute, seen, WATCH } from '../support.ts';

const wanted = (observation: Observation, before?: string) => {
  const record = before === undefined ? undefined : found(detectAll([seen(before)]).record);
  const { stats, listed, logs } = enrichmentFor(record?.state, observation);
  return [...(stats ? ['stats'] : []), ...(listed ? ['list'] : []), ...(logs ? ['logs'] : [])];
};

describe('the further calls of a look', () => {
  it.each<[string, Partial<Observation>, readonly string[]]>([
    ['CREATING', {}, []],
    ['RUNNING', {}, []],
    ['MIGRATING', {}, ['stats']],
    ['MIGRATING', { migrationType: 'backupfile_import' }, []],
    ['FULLMIGRATING', {}, ['stats']],
    ['INCRMIGRATING', {}, ['stats']],
    ['INCRMIGEATING', { taskStatus: 'EXCHANGING' }, []],
    ['INCRMIGEATING', { taskStatus: 'EXCHANGE_SUCCESS' }, ['stats']],
    ['TERMINATED', {}, []],
    ['SUCCESS', {}, ['list']],
    ['MIGRATION_SUCCESS', {}, ['list']],
    // A task that was deleted after a roll-back reads the same.
    ['SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }, ['list']],
    ['FAILED', {}, ['list', 'logs']],
    ['PAUSED', {}, []],
  ])('at %s %j are %j', (status, more, calls) => {
    expect(wanted({ status, ...more })).toEqual(calls);
    expect(wanted({ status, ...more }, 'RUNNING')).toEqual(calls);
  });

  it('are none at a known failure', () => {
    expect(wanted({ status: 'FAILED' }, 'FAILED')).toEqual([]);
    expect(wanted({ status: 'ERROR' }, 'FAILED')).toEqual([]);
  });

  it('always include the list at a success, which can be deleted at any time', () => {
    expect(wanted({ status: 'SUCCESS' }, 'SUCCESS')).toEqual(['list']);
  });
});

describe('the phase of MIGRATING', () => {
  const phase = (stats: Stats | 'failing', method?: string, before?: ReturnType<typeof seen>) => {
    const observation = { status: 'MIGRATING', ...(method !== undefined && { migrationMethod: method }) };
    const enrichment: Enrichment =
      stats === 'failing'
        ? { stats: { kind: 'failed', reason: 'unreachable', detail: '' } }
        : { stats: { kind: 'known', value: stats } };
    const record = before === undefined ? newRecord(minute(0)) : found(detectAll([before]).record);
    return phaseOf(observation, enrichment, record.state);
  };
  const INCREMENTAL = 'incremental_migration';

  it.each<[Stats | 'failing', string | undefined, ReturnType<typeof phaseOf>]>([
    [{ progressPercent: 0 }, INCREMENTAL, { phase: 'full', derived: true }],
    [{ progressPercent: 99.9 }, undefined, { phase: 'full', derived: true }],
    [{ progressPercent: 100 }, INCREMENTAL, { phase: 'incremental', derived: true }],
    [{ progressPercent: 100 }, 'full_amount_migration', { phase: 'migrating' }],
    [{ progressPercent: 100 }, undefined, { phase: 'migrating' }],
    [{ offset: 0, sourceKeys: 1, targetKeys: 1 }, INCREMENTAL, { phase: 'migrating' }],
    ['failing', INCREMENTAL, { phase: 'migrating' }],
  ])('with %j and method %s is %j', (stats, method, expected) => {
    expect(phase(stats, method)).toEqual(expected);
  });

  it('is not derived from an earlier status', () => {
    expect(phase('failing', INCREMENTAL, seen('INCRMIGEATING'))).toEqual({ phase: 'migrating' });
  });

  it('is that of the status where it names one', () => {
    const stats: Enrichment = { stats: { kind: 'known', value: { progressPercent: 3 } } };
    expect(phaseOf({ status: 'INCRMIGEATING' }, stats, newRecord(minute(0)).state)).toEqual({
      phase: 'incremental',
    });
  });
});

describe('a success', () => {
  const confirmed = (
    listed: Enrichment['listed'],
    more: Partial<Observation> = {},
    ...before: readonly ReturnType<typeof seen>[]
  ) => {
    const observation = { status: 'SUCCESS', ...more };
    const { phase } = meaningOf(observation);
    const record = before.length === 0 ? newRecord(minute(0)) : found(detectAll(before).record);
    const answer = confirmationOf(observation, phase, listed === undefined ? {} : { listed }, record.state);
    return 'unchecked' in answer ? `${answer.kind}: ${answer.unchecked.what}` : answer.kind;
  };
  const IN_LIST: Enrichment['listed'] = { kind: 'known', value: { taskId: WATCH.taskId } };
  const SWITCHING = seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' });
  const SWITCHED = seen('INCRMIGEATING', { taskStatus: 'EXCHANGE_SUCCESS' });

  it.each<[string, Enrichment['listed'], string]>([
    ['has it', IN_LIST, 'confirmed'],
    ['lacks it', { kind: 'known', value: 'absent' }, 'deleted'],
    ['is denied', { kind: 'denied', detail: '' }, 'unchecked: deleted'],
    ['is unreadable', { kind: 'failed', reason: 'unreadable answer', detail: '' }, 'unchecked: deleted'],
    ['fails', { kind: 'failed', reason: 'throttled', detail: '' }, 'open: deleted'],
    ['is missing', { kind: 'missing', detail: '' }, 'open: deleted'],
    ['was not read', { kind: 'skipped', why: 'resting' }, 'open: deleted'],
    ['was not requested', undefined, 'open: deleted'],
  ])('depends on the list that %s', (_what, listed, kind) => {
    expect(confirmed(listed)).toBe(kind);
  });

  it('after an IP switch with unknown end may be a roll-back', () => {
    expect(confirmed(IN_LIST, {}, SWITCHING)).toBe('unchecked: rolled back');
    expect(confirmed({ kind: 'denied', detail: '' }, {}, SWITCHING)).toBe('unchecked: rolled back');
    expect(confirmed({ kind: 'known', value: 'absent' }, {}, SWITCHING)).toBe('deleted');
    expect(confirmed(IN_LIST, { taskStatus: 'EXCHANGE_SUCCESS' }, SWITCHING)).toBe('confirmed');
  });

  it.each<[string, ReturnType<typeof seen>[], string]>([
    ['the end is unknown', [SWITCHING], 'unchecked: rolled back'],
    ['the replication went on afterwards', [SWITCHING, seen('INCRMIGEATING')], 'unchecked: rolled back'],
    ['a stop began during it', [SWITCHING, seen('TERMINATING')], 'unchecked: rolled back'],
    ['the end was seen', [SWITCHING, SWITCHED], 'confirmed'],
    ['another one followed', [SWITCHING, SWITCHED, SWITCHING], 'unchecked: rolled back'],
    ['the run is over', [SWITCHING, seen('FAILED'), seen('INCRMIGEATING')], 'confirmed'],
    ['there is none', [seen('INCRMIGEATING')], 'confirmed'],
  ])('and a stop, when of an IP switch %s, is %3$s', (_what, before, kind) => {
    const stop = { status: 'TERMINATED' };
    expect(confirmed(undefined, stop, ...before)).toBe(kind);
    expect(confirmed(IN_LIST, {}, ...before)).toBe(kind);
    expect(confirmed(undefined, { ...stop, taskStatus: 'EXCHANGE_SUCCESS' }, ...before)).toBe('confirmed');
  });

  it('that is a roll-back needs no list, but can be deleted', () => {
    const back = { taskStatus: 'ROLLBACK_SUCCESS' };
    expect(confirmed({ kind: 'denied', detail: '' }, back)).toBe('confirmed');
    expect(confirmed({ kind: 'known', value: 'absent' }, back)).toBe('deleted');
  });

  it('is the only status that needs the list', () => {
    expect(confirmed(undefined, { status: 'TERMINATED' })).toBe('confirmed');
    expect(confirmed({ kind: 'known', value: 'absent' }, { status: 'INCRMIGEATING' })).toBe('confirmed');
  });
});

describe('the remembered end of an IP switch', () => {
  const remembered = (before: ReturnType<typeof seen>, status: string, taskStatus?: string) =>
    withRememberedSwitch(found(detectAll([seen('INCRMIGEATING'), before]).record).state, {
      status,
      ...(taskStatus !== undefined && { taskStatus }),
    }).taskStatus;

  it.each<[string, string | undefined, string, string | undefined]>([
    ['INCRMIGEATING', 'EXCHANGE_SUCCESS', 'INCRMIGEATING', 'EXCHANGE_SUCCESS'],
    ['INCRMIGEATING', 'EXCHANGE_SUCCESS', 'INCRMIGRATING', 'EXCHANGE_SUCCESS'],
    ['INCRMIGEATING', 'EXCHANGE_SUCCESS', 'TERMINATED', undefined],
    ['SUCCESS', 'ROLLBACK_SUCCESS', 'SUCCESS', 'ROLLBACK_SUCCESS'],
    ['SUCCESS', 'ROLLBACK_SUCCESS', 'MIGRATION_SUCCESS', 'ROLLBACK_SUCCESS'],
    ['TERMINATED', 'ROLLBACK_SUCCESS', 'SUCCESS', 'ROLLBACK_SUCCESS'],
    ['SUCCESS', 'ROLLBACK_SUCCESS', 'RUNNING', undefined],
    ['INCRMIGEATING', 'ROLLBACK_SUCCESS', 'TERMINATED', 'ROLLBACK_SUCCESS'],
    ['INCRMIGEATING', 'ROLLBACK_SUCCESS', 'TERMINATING', 'ROLLBACK_SUCCESS'],
    ['INCRMIGEATING', 'ROLLBACK_SUCCESS', 'FULLMIGRATING', 'ROLLBACK_SUCCESS'],
    ['INCRMIGEATING', 'EXCHANGE_SUCCESS', 'FULLMIGRATING', undefined],
    ['TERMINATED', 'ROLLBACK_SUCCESS', 'INCRMIGEATING', undefined],
    ['INCRMIGEATING', 'EXCHANGING', 'INCRMIGEATING', undefined],
    ['INCRMIGEATING', undefined, 'INCRMIGEATING', undefined],
  ])('at %s (%s) holds at %s as %s', (before, taskStatus, status, expected) => {
    expect(remembered(seen(before, taskStatus === undefined ? {} : { taskStatus }), status)).toBe(expected);
  });

  it('gives way to the current state of the service', () => {
    const before = seen('INCRMIGEATING', { taskStatus: 'EXCHANGE_SUCCESS' });
    expect(remembered(before, 'INCRMIGEATING', 'ROLLBACK_SUCCESS')).toBe('ROLLBACK_SUCCESS');
  });

  it('is absent for a task that was never seen', () => {
    expect(withRememberedSwitch(newRecord(minute(0)).state, { status: 'SUCCESS' })).toEqual({
      status: 'SUCCESS',
    });
  });
});
