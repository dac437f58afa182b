import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../lib/events/phase.ts';
import { canonicalStatus, isFinal, isWorking, PHASES, type Phase } from '../../../lib/events/phase.ts';
import { en } from '../../../lib/language/en.ts';
import { meaningOf } from '../../../lib/migration/model/status.ts';

const CATALOGUE: [status: string, phase: Phase, severity: Severity, words: string][] = [
  ['CREATING', 'creating', 'info', 'the task is being created'],
  ['RUNNING', 'configuring', 'action', 'waiting to be configured'],
  ['MIGRATING', 'migrating', 'info', 'migration started'],
  ['FULLMIGRATING', 'full', 'info', 'full synchronisation started'],
  ['INCRMIGEATING', 'incremental', 'action', 'incremental replication started'],
  ['INCRMIGRATING', 'incremental', 'action', 'incremental replication started'],
  ['TERMINATING', 'stopping', 'info', 'being stopped'],
  ['TERMINATED', 'stopped', 'info', 'stopped'],
  ['SUCCESS', 'succeeded', 'success', 'migration finished'],
  ['MIGRATION_SUCCESS', 'succeeded', 'success', 'all data migrated, resources still to be released'],
  ['FAILED', 'failed', 'failure', 'migration failed'],
  ['MIGRATION_FAILED', 'failed', 'failure', 'migration failed'],
  ['ERROR', 'failed', 'failure', 'the task is faulty'],
  ['RELEASED', 'released', 'info', 'migration machine released'],
  ['DELETED', 'gone', 'action', 'the task no longer exists'],
];
/** The sentence of a task that comes to a status. */
function wordsOfArrival(status: string): string | undefined {
  const to = { status, phase: meaningOf({ status }).phase, since: '2026-01-05T00:10:00.000Z' };
  return en.transitions.arrived({ severity: 'info', to });
}

const STATUSES = CATALOGUE.map(([status]) => status);

describe('the catalogue of statuses', () => {
  it.each(CATALOGUE)(
    '%s means the phase %s, with severity %s, and reads "%s"',
    (status, phase, severity, words) => {
      expect(meaningOf({ status })).toEqual({ phase, severity });
      expect(wordsOfArrival(status)).toBe(words);
    },
  );

  it('has a status for every phase except those that need more than a status', () => {
    const reached = new Set<Phase>(STATUSES.map((status) => meaningOf({ status }).phase));
    expect(PHASES.filter((phase) => !reached.has(phase))).toEqual(['switching', 'unknown']);
  });

  it('has two spellings of one status, and no others', () => {
    expect(canonicalStatus('INCRMIGRATING')).toBe(canonicalStatus('INCRMIGEATING'));
    expect(new Set(STATUSES.map(canonicalStatus)).size).toBe(STATUSES.length - 1);
  });

  it.each([
    'PAUSED',
    'success',
    'Running',
    ' SUCCESS',
    '',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'x'.repeat(64),
  ])('treats %j as an unknown status', (status) => {
    expect(canonicalStatus(status)).toBe(status);
    expect(meaningOf({ status })).toEqual({ phase: 'unknown', severity: 'info' });
    expect(wordsOfArrival(status)).toBe(`status is now ${status}`);
  });

  it('treats any word outside the list as unknown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (status) => {
        fc.pre(!STATUSES.includes(status));
        expect(meaningOf({ status }).phase).toBe('unknown');
      }),
    );
  });
});

describe('an IP switch', () => {
  it.each(STATUSES.filter((status) => meaningOf({ status }).phase !== 'failed'))(
    'is going on while the task status reads EXCHANGING, with status %s',
    (status) => {
      expect(meaningOf({ status, taskStatus: 'EXCHANGING' })).toEqual({
        phase: 'switching',
        severity: 'info',
      });
    },
  );

  it('goes on with an unknown status', () => {
    expect(meaningOf({ status: 'NEW_WORD', taskStatus: 'EXCHANGING' }).phase).toBe('switching');
  });

  it.each(['FAILED', 'MIGRATION_FAILED', 'ERROR'])('never hides the failure %s', (status) => {
    expect(meaningOf({ status, taskStatus: 'EXCHANGING' }).phase).toBe('failed');
  });

  it.each(['EXCHANGE_SUCCESS', 'exchanging', 'RUNNING', 'constructor', ''])(
    'leaves the status as it is when the task status reads %j',
    (taskStatus) => {
      for (const status of STATUSES) expect(meaningOf({ status, taskStatus })).toEqual(meaningOf({ status }));
    },
  );

  it.each(['SUCCESS', 'MIGRATION_SUCCESS'])('that was rolled back makes no success of %s', (status) => {
    expect(meaningOf({ status, taskStatus: 'ROLLBACK_SUCCESS' })).toMatchObject({
      phase: 'stopped',
      severity: 'action',
    });
  });

  it.each(['INCRMIGEATING', 'TERMINATED', 'FAILED', 'DELETED', 'PAUSED'])(
    'that was rolled back changes nothing about %s',
    (status) => {
      expect(meaningOf({ status, taskStatus: 'ROLLBACK_SUCCESS' })).toEqual(meaningOf({ status }));
    },
  );
});

describe('phases', () => {
  it('are either working, final, or in between', () => {
    expect(PHASES.filter(isWorking)).toEqual(['migrating', 'full', 'incremental', 'switching']);
    expect(PHASES.filter(isFinal)).toEqual(['stopped', 'succeeded', 'failed', 'released', 'gone']);
  });
});
