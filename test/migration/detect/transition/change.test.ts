import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LastFigures } from '../../../../lib/events/event.ts';
import { isWorking, PHASES, type Phase, type Severity } from '../../../../lib/events/phase.ts';
import { en } from '../../../../lib/language/en.ts';
import {
  type Before,
  changeOf,
  type StatusReading,
  unseenPhases,
} from '../../../../lib/migration/detect/transition/change.ts';
import { NEVER_KNOWN } from '../../../../lib/migration/model/ending.ts';
import { KNOWN_STATUSES, meaningOf } from '../../../../lib/migration/model/status.ts';

const STATUSES = [...KNOWN_STATUSES, 'INCRMIGRATING'];
const SINCE = '2026-01-05T00:10:00.000Z';

/** The severity of a change, and the sentence of its event. */
function severityAndWords(
  before: Before,
  seen: StatusReading,
): { severity: Severity; words: string | undefined } {
  const { severity, ...change } = changeOf(before, seen);
  const words = en.summarise('dcs.migration.status_changed', {
    ...change,
    severity,
    from: { status: '?', phase: before.phase, since: SINCE },
    to: {
      status: seen.status,
      phase: meaningOf(seen).phase,
      since: SINCE,
      ...(seen.taskStatus === 'ROLLBACK_SUCCESS' && { rolledBack: true as const }),
    },
    ...(before.lastFigures !== undefined && { lastFigures: before.lastFigures }),
  });
  return { severity, words };
}

describe('a change of the status', () => {
  interface Case {
    readonly from: Phase;
    /** The last working phase, when that is not `from`. */
    readonly worked?: Phase;
    /** How far the target was, where a replication ends. */
    readonly last?: LastFigures;
    readonly to: string;
    readonly taskStatus?: string;
    readonly severity: Severity;
    readonly words: string;
  }
  const NORMAL_END = 'incremental replication stopped in step, the normal end of an online migration';
  const IN_STEP: LastFigures = { state: 'in step', words: 'in step' };
  const BEHIND: LastFigures = { state: 'behind', words: '9 GB behind, 60 % of the keys missing' };
  const FELL_BACK = 'fell back from incremental replication to a full synchronisation';
  const UNFINISHED = 'stopped before the full synchronisation was seen to finish';
  const ROLLED_BACK = 'IP switch rolled back (although the status says success)';

  const CASES: Record<string, Case[]> = {
    'a task that waits for its configuration asks for action': [
      { from: 'creating', to: 'RUNNING', severity: 'action', words: 'waiting to be configured' },
      {
        from: 'succeeded',
        to: 'RUNNING',
        severity: 'action',
        words: 'restarted after it had finished: waiting to be configured',
      },
    ],
    'incremental replication never ends by itself, so somebody has to act': [
      {
        from: 'full',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'full synchronisation finished, incremental replication started',
      },
      {
        from: 'full',
        to: 'INCRMIGRATING',
        severity: 'action',
        words: 'full synchronisation finished, incremental replication started',
      },
      {
        from: 'migrating',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'incremental replication started',
      },
      {
        from: 'switching',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'IP switch ended, incremental replication continues',
      },
      {
        from: 'switching',
        to: 'INCRMIGEATING',
        taskStatus: 'EXCHANGE_SUCCESS',
        severity: 'info',
        words: 'IP switch ended, incremental replication continues',
      },
      {
        from: 'switching',
        to: 'INCRMIGEATING',
        taskStatus: 'ROLLBACK_SUCCESS',
        severity: 'action',
        words: 'IP switch ended, incremental replication continues',
      },
      {
        from: 'full',
        to: 'INCRMIGEATING',
        taskStatus: 'EXCHANGE_SUCCESS',
        severity: 'action',
        words: 'full synchronisation finished, incremental replication started',
      },
    ],
    'being stopped in step is the normal end of incremental replication': [
      { from: 'incremental', last: IN_STEP, to: 'TERMINATED', severity: 'info', words: NORMAL_END },
      {
        from: 'stopping',
        worked: 'incremental',
        last: IN_STEP,
        to: 'TERMINATED',
        severity: 'info',
        words: NORMAL_END,
      },
      {
        from: 'stopping',
        worked: 'switching',
        last: IN_STEP,
        to: 'TERMINATED',
        severity: 'info',
        words: NORMAL_END,
      },
      {
        from: 'incremental',
        last: IN_STEP,
        to: 'RELEASED',
        severity: 'info',
        words: 'migration machine released: incremental replication ended in step',
      },
      {
        from: 'incremental',
        last: IN_STEP,
        to: 'SUCCESS',
        severity: 'success',
        words: 'migration finished',
      },
    ],
    'an end of incremental replication out of step, or without figures, is not a good one': [
      {
        from: 'incremental',
        last: BEHIND,
        to: 'TERMINATED',
        severity: 'action',
        words: 'incremental replication stopped while 9 GB behind, 60 % of the keys missing',
      },
      {
        from: 'stopping',
        worked: 'incremental',
        last: { state: 'behind', words: '60 % of the keys missing' },
        to: 'TERMINATED',
        severity: 'action',
        words: 'incremental replication stopped with 60 % of the keys missing',
      },
      {
        from: 'incremental',
        last: NEVER_KNOWN,
        to: 'TERMINATED',
        severity: 'action',
        words: 'incremental replication stopped with the target state unknown',
      },
      {
        from: 'incremental',
        to: 'TERMINATED',
        severity: 'action',
        words: 'incremental replication stopped',
      },
      {
        from: 'incremental',
        last: BEHIND,
        to: 'RELEASED',
        severity: 'action',
        words:
          'migration machine released: incremental replication ended while 9 GB behind, 60 % of the keys missing',
      },
      {
        from: 'incremental',
        to: 'RELEASED',
        severity: 'action',
        words: 'migration machine released: incremental replication ended',
      },
      ...(['incremental', 'stopped', 'succeeded'] as const).map(
        (from): Case => ({
          from,
          last: BEHIND,
          to: 'SUCCESS',
          severity: 'action',
          words:
            'status says success, but incremental replication ended while 9 GB behind, 60 % of the keys missing',
        }),
      ),
      {
        from: 'incremental',
        last: BEHIND,
        to: 'FAILED',
        severity: 'failure',
        words: 'migration failed',
      },
    ],
    'a stop during a full synchronisation is no good end': [
      { from: 'full', to: 'TERMINATED', severity: 'action', words: UNFINISHED },
      { from: 'stopping', worked: 'full', to: 'TERMINATED', severity: 'action', words: UNFINISHED },
      { from: 'stopping', worked: 'migrating', to: 'TERMINATED', severity: 'action', words: UNFINISHED },
    ],
    'a stop of a task that never worked is just a stop': [
      { from: 'configuring', to: 'TERMINATED', severity: 'info', words: 'stopped' },
      { from: 'failed', to: 'TERMINATED', severity: 'info', words: 'stopped' },
    ],
    'a restart is reported as one': [
      {
        from: 'stopped',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'restarted: incremental replication is running',
      },
      {
        from: 'stopping',
        worked: 'incremental',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'restarted: incremental replication is running',
      },
    ],
    'a task that succeeded can be configured again': [
      {
        from: 'succeeded',
        to: 'FULLMIGRATING',
        severity: 'action',
        words: 'restarted after it had finished: full synchronisation is running',
      },
      {
        from: 'succeeded',
        to: 'INCRMIGEATING',
        severity: 'action',
        words: 'restarted after it had finished: incremental replication is running',
      },
    ],
    'falling back to a full synchronisation is an alarm': [
      { from: 'incremental', to: 'FULLMIGRATING', severity: 'action', words: FELL_BACK },
      { from: 'unknown', worked: 'incremental', to: 'FULLMIGRATING', severity: 'action', words: FELL_BACK },
      { from: 'switching', to: 'FULLMIGRATING', severity: 'action', words: FELL_BACK },
    ],
    'a success after a roll-back is not one': [
      {
        from: 'switching',
        to: 'SUCCESS',
        taskStatus: 'ROLLBACK_SUCCESS',
        severity: 'action',
        words: ROLLED_BACK,
      },
      {
        from: 'succeeded',
        to: 'SUCCESS',
        taskStatus: 'ROLLBACK_SUCCESS',
        severity: 'action',
        words: ROLLED_BACK,
      },
      {
        from: 'switching',
        to: 'SUCCESS',
        taskStatus: 'EXCHANGE_SUCCESS',
        severity: 'success',
        words: 'migration finished',
      },
    ],
    'a task that was gone is found again': [
      {
        from: 'gone',
        to: 'FULLMIGRATING',
        severity: 'action',
        words: 'found again: full synchronisation is running',
      },
      { from: 'gone', to: 'SUCCESS', severity: 'action', words: 'found again: migration finished' },
      { from: 'gone', to: 'FAILED', severity: 'failure', words: 'found again: migration failed' },
    ],
    'a failure is a failure wherever it comes from': [
      { from: 'full', to: 'MIGRATION_FAILED', severity: 'failure', words: 'migration failed' },
      { from: 'incremental', to: 'ERROR', severity: 'failure', words: 'the task is faulty' },
      { from: 'succeeded', to: 'FAILED', severity: 'failure', words: 'migration failed' },
    ],
    'an unknown status is reported by its own word': [
      { from: 'full', to: 'PAUSED', severity: 'info', words: 'status is now PAUSED' },
      { from: 'full', to: '__proto__', severity: 'info', words: 'status is now __proto__' },
    ],
  };

  describe.each(Object.entries(CASES))('%s', (_rule, cases) => {
    it.each(cases)(
      '$from → $to $taskStatus: $words',
      ({ from, worked, last, to, taskStatus, severity, words }) => {
        const workingPhase = worked ?? (isWorking(from) ? from : undefined);
        const before = { phase: from, workingPhase, lastFigures: last };
        const now = { status: to, ...(taskStatus !== undefined && { taskStatus }) };
        expect(severityAndWords(before, now)).toEqual({ severity, words });
      },
    );
  });

  it('is never silent, and a failure always reads as one, for any pair of statuses', () => {
    const phase = fc.constantFrom(...PHASES);
    const status = fc.oneof(fc.constantFrom(...STATUSES), fc.string({ minLength: 1 }));
    const taskStatus = fc.option(fc.constantFrom('EXCHANGING', 'EXCHANGE_SUCCESS', 'ROLLBACK_SUCCESS', 'X'));
    fc.assert(
      fc.property(
        phase,
        fc.option(phase, { nil: undefined }),
        status,
        taskStatus,
        (from, workingPhase, to, word) => {
          const now = { status: to, ...(word !== null && { taskStatus: word }) };
          const { severity, words } = severityAndWords({ phase: from, workingPhase }, now);
          expect(words).toBeTruthy();
          expect(severity === 'failure').toBe(meaningOf(now).phase === 'failed');
          if (severity === 'success') expect(meaningOf(now).phase).toBe('succeeded');
        },
      ),
    );
  });
});

describe('phases that passed between two looks', () => {
  it.each<[before: Phase, now: Phase, passed: readonly Phase[]]>([
    ['configuring', 'succeeded', ['full']],
    ['creating', 'succeeded', ['configuring', 'full']],
    ['creating', 'incremental', ['configuring', 'full']],
    ['configuring', 'incremental', ['full']],
    ['creating', 'full', ['configuring']],
    ['configuring', 'full', []],
    ['full', 'incremental', []],
    ['full', 'succeeded', []],
  ])('between %s and %s are %j', (before, now, passed) => {
    expect(unseenPhases(before, now)).toEqual(passed);
  });

  it.each<[before: Phase, now: Phase]>([
    ['incremental', 'full'],
    ['configuring', 'failed'],
    ['configuring', 'stopped'],
    ['migrating', 'succeeded'],
    ['unknown', 'succeeded'],
    ['stopped', 'incremental'],
    ['creating', 'gone'],
  ])('between %s and %s are not assumed', (before, now) => {
    expect(unseenPhases(before, now)).toEqual([]);
  });
});
