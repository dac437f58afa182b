import { describe, expect, it } from 'vitest';
import { PHASES } from '../../lib/events/phase.ts';
import { KNOWN_STATUSES } from '../../lib/migration/model/status.ts';
import { goalOf } from '../../lib/wait/goals.ts';

describe('a goal of a wait', () => {
  it.each(PHASES)('may be the phase %s', (phase) => {
    expect(goalOf(phase)).toEqual({ kind: 'phase', word: phase });
  });

  it.each([...KNOWN_STATUSES, 'EXCHANGING', 'EXCHANGE_SUCCESS', 'ROLLBACK_SUCCESS'])(
    'may be the status %s',
    (status) => {
      expect(goalOf(status)).toEqual({ kind: 'status', word: status });
    },
  );

  it('may be ready, and is a phase in lower case where a status has the same word', () => {
    expect(goalOf('ready')).toEqual({ kind: 'ready', word: 'ready' });
    expect(goalOf('failed')).toEqual({ kind: 'phase', word: 'failed' });
    expect(goalOf('FAILED')).toEqual({ kind: 'status', word: 'FAILED' });
    expect(goalOf('success')).toEqual({ kind: 'status', word: 'SUCCESS' });
    expect(goalOf('STOPPED')).toEqual({ kind: 'phase', word: 'stopped' });
  });

  it('takes both spellings of the incremental status', () => {
    expect(goalOf('INCRMIGRATING')).toEqual(goalOf('INCRMIGEATING'));
  });

  it.each([
    ['succeded', 'succeeded'],
    ['redy', 'ready'],
    ['TERMINTED', 'TERMINATED'],
  ])('is no other word: %s', (typed, meant) => {
    expect(goalOf(typed)).toMatch(`${typed} is nothing to wait for; did you mean ${meant}?`);
  });

  it('is refused with all phases that it might be', () => {
    expect(goalOf('xyz')).toBe(
      `xyz is nothing to wait for; expected ready, a phase (${PHASES.join(', ')}) or a status of DCS (such as SUCCESS)`,
    );
  });
});
