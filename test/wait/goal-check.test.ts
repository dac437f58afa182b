import { describe, expect, it } from 'vitest';
import type { LastFigures, Standing } from '../../lib/events/event.ts';
import { canonicalStatus, isFinal, PHASES, type Phase } from '../../lib/events/phase.ts';
import type { TaskState } from '../../lib/migration/model/state.ts';
import { checkGoals, type GoalCheck, type LastLook } from '../../lib/wait/goal-check.ts';
import { type Goal, goalOf } from '../../lib/wait/goals.ts';

const NOTHING: LastLook = { passed: [], listed: undefined };
const DENIED: LastLook = { passed: [], listed: { kind: 'denied', detail: 'no' } };
const STATUS: Readonly<Partial<Record<Phase, string>>> = {
  stopped: 'TERMINATED',
  succeeded: 'SUCCESS',
  failed: 'FAILED',
  released: 'RELEASED',
  gone: 'DELETED',
};

function goals(...words: readonly string[]): Goal[] {
  return words.map((word) => {
    const goal = goalOf(word);
    if (typeof goal === 'string') throw new Error(goal);
    return goal;
  });
}

function task(phase: Phase, more: Partial<Standing> = {}, ending?: LastFigures): TaskState {
  const status = STATUS[phase] ?? phase.toUpperCase();
  const standing: Standing = { status, phase, since: '2026-01-05T00:00:00.000Z', ...more };
  return ending === undefined ? { standing, timeline: [] } : { standing, timeline: [], ending };
}

function kindOf(words: readonly string[], state: TaskState, look = NOTHING): GoalCheck['kind'] {
  return checkGoals(goals(...words), state, look).kind;
}

const BEHIND: LastFigures = { state: 'behind', words: '5 MB behind' };
const IN_STEP: LastFigures = { state: 'in step', words: 'in step' };

describe('the check of the goals of a wait', () => {
  it('is open before the task was seen', () => {
    expect(checkGoals(goals('gone', 'ready'), { timeline: [] }, NOTHING)).toEqual({ kind: 'open' });
  });

  it.each(PHASES)('for a phase is reached in it: %s', (phase) => {
    expect(checkGoals(goals('ready', phase), task(phase), NOTHING)).toEqual({
      kind: 'reached',
      goal: { kind: 'phase', word: phase },
    });
  });

  it.each(PHASES)('for ready is over with every end, and open before: %s', (phase) => {
    expect(kindOf(['ready'], task(phase))).toBe(isFinal(phase) ? 'over' : 'open');
  });

  it('for ready is reached when readiness was announced, and open before', () => {
    const run = { since: '2026-01-05T00:00:00.000Z', spent: {}, events: [], resynchronisations: 0 };
    const announced = { id: 'evt_1', sequence: 1 };
    const running: TaskState = { ...task('incremental'), run };
    expect(kindOf(['ready'], running)).toBe('open');
    expect(kindOf(['ready'], { ...running, run: { ...run, ready: { streak: 2 } } })).toBe('open');
    expect(kindOf(['ready'], { ...running, run: { ...run, ready: { streak: 3, announced } } })).toBe(
      'reached',
    );
  });

  it('for a status is reached by it, or by that of an IP switch', () => {
    const spelt = task('incremental', { status: 'INCRMIGRATING' });
    expect(kindOf(['INCRMIGEATING'], spelt)).toBe('reached');
    expect(canonicalStatus('INCRMIGRATING')).toBe('INCRMIGEATING');
    const switched = {
      ...task('stopped'),
      observation: { status: 'SUCCESS', taskStatus: 'ROLLBACK_SUCCESS' },
    };
    expect(kindOf(['ROLLBACK_SUCCESS'], switched)).toBe('reached');
    expect(kindOf(['EXCHANGE_SUCCESS'], switched)).toBe('over');
    expect(kindOf(['MIGRATION_FAILED'], task('failed'))).toBe('over');
  });

  it('is reached by a phase that has passed', () => {
    expect(kindOf(['full'], task('incremental'), { passed: ['full'], listed: undefined })).toBe('reached');
    expect(kindOf(['full'], task('incremental'))).toBe('open');
  });

  it.each([
    [undefined, 'reached'],
    [IN_STEP, 'reached'],
    [BEHIND, 'over'],
    [{ state: 'unknown', words: 'nobody knows' }, 'over'],
  ] as const)('for succeeded asks how far the target was: %j', (ending, kind) => {
    expect(kindOf(['succeeded'], task('succeeded', {}, ending))).toBe(kind);
    expect(kindOf(['SUCCESS'], task('succeeded', {}, ending))).toBe('reached');
    expect(kindOf(['stopped'], task('stopped', {}, ending))).toBe('reached');
  });

  it('does not believe a success that nobody could check', () => {
    const unchecked = task('succeeded', { unchecked: 'deleted' });
    for (const word of ['succeeded', 'SUCCESS']) {
      expect(kindOf([word], unchecked, DENIED)).toBe('over');
      expect(kindOf([word], unchecked)).toBe('open');
    }
    const switched = task('succeeded', { unchecked: 'rolled back' });
    expect(kindOf(['succeeded'], switched)).toBe('over');
    expect(kindOf(['SUCCESS'], switched)).toBe('reached');
  });

  it.each<readonly [string, readonly Phase[]]>([
    ['released', ['stopped', 'succeeded', 'failed']],
    ['RELEASED', ['stopped', 'succeeded', 'failed']],
    ['gone', ['stopped', 'succeeded', 'failed', 'released']],
    ['DELETED', ['stopped', 'succeeded', 'failed', 'released']],
    ['failed', []],
  ])('for %s goes on after %j', (word, phases) => {
    const ends = PHASES.filter((phase) => isFinal(phase) && kindOf([word], task(phase)) === 'open');
    expect(ends).toEqual(phases);
    expect(kindOf([word, 'ready'], task('stopped'))).toBe('over');
  });

  it('goes on for one of two goals that follow other ends', () => {
    expect(kindOf(['RELEASED', 'gone'], task('released', { status: 'OTHER' }))).toBe('open');
    expect(kindOf(['RELEASED'], task('released', { status: 'OTHER' }))).toBe('over');
  });

  it.each<readonly [TaskState, LastLook, string]>([
    [task('failed'), NOTHING, 'it ended as failed (FAILED)'],
    [task('stopped', {}, IN_STEP), NOTHING, 'it ended as stopped (TERMINATED)'],
    [
      task('stopped', {}, BEHIND),
      NOTHING,
      'it ended as stopped (TERMINATED), and its target was not shown to be in step: 5 MB behind',
    ],
    [
      task('succeeded', { unchecked: 'deleted' }),
      DENIED,
      'it ended as succeeded (SUCCESS), but a deleted task reads the same, and the list of tasks could not be read to tell them apart',
    ],
    [
      task('succeeded', { unchecked: 'rolled back' }),
      NOTHING,
      'it ended as succeeded (SUCCESS), but nothing shows whether its IP switch was rolled back',
    ],
  ])('says why an end is none of the goals: %#', (state, look, words) => {
    expect(checkGoals(goals('ready'), state, look)).toEqual({ kind: 'over', words });
  });
});
