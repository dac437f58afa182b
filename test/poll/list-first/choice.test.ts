import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../lib/events/phase.ts';
import type { ListedTask } from '../../../lib/migration/model/enrichment.ts';
import type { MigrationRun } from '../../../lib/migration/model/run.ts';
import type { TaskState } from '../../../lib/migration/model/state.ts';
import { plainId } from '../../../lib/migration/model/task-id.ts';
import {
  type ChoiceContext,
  chooseLooks,
  isReadinessStale,
  type Urgency,
  urgencyOf,
} from '../../../lib/poll/list-first/choice.ts';
import { taskRecordId } from '../../../lib/records/keys.ts';
import { loadRecords } from '../../../lib/records/partition.ts';
import { type LookSummary, loadSummary, rowFingerprint, saveSummary } from '../../../lib/records/summary.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import { WATCH } from '../../migration/support.ts';
import { recordWith } from '../../support/records.ts';

const NOW = new Date('2026-01-05T12:00:00.000Z');
const SECONDS = NOW.getTime() / 1000;
const MINUTE = 60;
const TASK = WATCH.taskId;

/** What is known of one task. */
interface Known {
  readonly state?: TaskState;
  readonly row?: ListedTask;
  readonly summarised?: LookSummary;
}

interface Place {
  readonly quota?: number;
  /** When the summary was saved first: seconds since the epoch. */
  readonly since?: number;
  readonly isListRead?: boolean;
}

async function contextOf(tasks: Readonly<Record<string, Known>>, place: Place = {}): Promise<ChoiceContext> {
  const { quota = 100, since, isListRead = true } = place;
  const store = createMemoryStore({ now: Date.now });
  const records = await loadRecords(store, 'project:p');
  const news = new Map<string, LookSummary>();
  const rows = new Map<string, ListedTask>();
  for (const [id, { state, row, summarised }] of Object.entries(tasks)) {
    if (state !== undefined) await records.save(taskRecordId(id), recordWith(NOW, state));
    if (summarised !== undefined) news.set(id, summarised);
    if (row !== undefined) rows.set(plainId(id), row);
  }
  const empty = await loadSummary(store, 'p');
  if (since !== undefined) await saveSummary(store, 'p', empty, new Date(since * 1000));
  const summary = (await loadSummary(store, 'p')).with(news, Object.keys(tasks));
  return { quota, rows: isListRead ? rows : undefined, summary, records, now: NOW };
}

/** A task that has been there for hours, and is near no change. */
function standing(phase: Phase, more: Partial<TaskState> = {}, status = phase.toUpperCase()): TaskState {
  const since = '2026-01-05T00:00:00.000Z';
  return { observation: { status }, standing: { status, phase, since }, timeline: [], ...more };
}

function rowOf(status: string | undefined, more: Partial<ListedTask> = {}): ListedTask {
  return status === undefined ? { taskId: TASK, ...more } : { taskId: TASK, status, ...more };
}

/** The summary of a task whose row was this one before its last look. */
function after(row: ListedTask | undefined, lookedAt = SECONDS): LookSummary {
  return { row: row === undefined ? '' : rowFingerprint(row), lookedAt, triedAt: lookedAt };
}

async function urgency(known: Known, isListRead = true): Promise<Urgency> {
  return urgencyOf(WATCH, await contextOf({ [TASK]: known }, { isListRead }));
}

const RUN: MigrationRun = { since: '2026-01-05T00:00:00.000Z', spent: {}, events: [], resynchronisations: 0 };
const FULL = rowOf('FULL');

describe('a task is looked at now', () => {
  it('when it was never seen', async () => {
    expect(await urgency({ row: FULL, summarised: after(FULL) })).toBe('now');
    expect(await urgency({ row: FULL, state: { timeline: [] } })).toBe('now');
  });

  it.each<[string, TaskState]>([
    ['switches IP addresses', standing('switching')],
    ['is being stopped', standing('stopping')],
    ['was missing at the last look', standing('full', { missing: 1 })],
    ['reads as a success that nobody confirmed', standing('full', { unconfirmed: 1 })],
  ])('when it %s, whatever the list shows', async (_words, state) => {
    const row = rowOf(state.standing?.status);
    expect(await urgency({ state, row, summarised: after(row) })).toBe('now');
    expect(await urgency({ state, summarised: after(row) }, false)).toBe('now');
  });

  it('when the list does not have it', async () => {
    expect(await urgency({ state: standing('full'), summarised: after(FULL) })).toBe('now');
  });

  it('when the list shows another status than the last look saw', async () => {
    const row = rowOf('INCREMENTAL');
    expect(await urgency({ state: standing('full'), row, summarised: after(FULL) })).toBe('now');
    expect(await urgency({ state: standing('full'), row, summarised: after(undefined) })).toBe('now');
    expect(await urgency({ state: standing('full'), row })).toBe('now');
  });
});

describe('a task is looked at soon', () => {
  it('when its row has another status that a look has followed already', async () => {
    const row = rowOf('INCREMENTAL');
    expect(await urgency({ state: standing('full'), row, summarised: after(row) })).toBe('soon');
  });

  it.each(['FULL', undefined])('when its row changed otherwise (status %s)', async (status) => {
    const row = rowOf(status, { errorMessage: 'no route' });
    expect(await urgency({ state: standing('full'), row, summarised: after(rowOf(status)) })).toBe('soon');
  });

  it('when its looks fail', async () => {
    const failing = {
      reason: 'unreachable',
      detail: '',
      count: 1,
      since: NOW.toISOString(),
      announced: false,
    } as const;
    expect(await urgency({ state: standing('full', { failing }), row: FULL, summarised: after(FULL) })).toBe(
      'soon',
    );
  });

  it('when it is near a change', async () => {
    const state = standing('full', { run: { ...RUN, ready: { streak: 1 } } });
    expect(await urgency({ state, row: FULL, summarised: after(FULL) })).toBe('soon');
    expect(await urgency({ state }, false)).toBe('soon');
  });
});

describe('a task is looked at in turn', () => {
  it('when its row is what it was before the last look', async () => {
    expect(await urgency({ state: standing('full'), row: FULL, summarised: after(FULL) })).toBe('in turn');
    const nameless = rowOf(undefined);
    expect(await urgency({ state: standing('full'), row: nameless, summarised: after(nameless) })).toBe(
      'in turn',
    );
  });

  it('when its row shows the known status, and no row was read before the last look', async () => {
    expect(await urgency({ state: standing('full'), row: FULL })).toBe('in turn');
    expect(await urgency({ state: standing('full'), row: FULL, summarised: after(undefined) })).toBe(
      'in turn',
    );
  });

  it('when list and look spell its status in two ways', async () => {
    const state = standing('incremental', {}, 'INCRMIGEATING');
    expect(await urgency({ state, row: rowOf('INCRMIGRATING') })).toBe('in turn');
  });

  it('when it is gone, and the list does not have it', async () => {
    expect(await urgency({ state: standing('gone', { missing: 3 }) })).toBe('in turn');
  });

  it('when the list could not be read', async () => {
    expect(await urgency({ state: standing('full'), summarised: after(FULL) }, false)).toBe('in turn');
  });
});

describe('the looks of a pass', () => {
  /** The ids of the tasks that are chosen of so many: `now`, `soon` and `turn`, each with its number. */
  async function chosen(
    counts: { readonly now?: number; readonly soon?: number; readonly turn?: number },
    quota: number,
    phase: Phase = 'configuring',
  ): Promise<string> {
    const many = (count = 0, name: string, known: Known) =>
      Array.from({ length: count }, (_, n): [string, Known] => [`${name}${n}`, known]);
    const [row, state] = [rowOf(phase.toUpperCase()), standing(phase)];
    const changed = rowOf(phase.toUpperCase(), { errorMessage: 'no route' });
    const tasks = Object.fromEntries([
      ...many(counts.turn, 't', { state, row, summarised: after(row) }),
      ...many(counts.soon, 's', { state, row: changed, summarised: after(row) }),
      ...many(counts.now, 'n', { state: standing('stopping'), row: rowOf('STOPPING') }),
    ]);
    const watches = Object.keys(tasks).map((taskId) => ({ ...WATCH, taskId }));
    const looks = chooseLooks(watches, await contextOf(tasks, { quota }));
    return looks.map(({ taskId }) => taskId).join(' ');
  }

  it('are those of the most urgent tasks, a quarter of the quota kept for the others', async () => {
    expect(await chosen({ soon: 20, turn: 20 }, 8)).toBe('s0 s1 s2 s3 s4 s5 t0 t1');
    expect(await chosen({ now: 2, soon: 20, turn: 20 }, 10)).toBe('n0 n1 s0 s1 s2 s3 s4 s5 t0 t1');
  });

  it('are of every task that is to be looked at now, and of others all the same', async () => {
    expect(await chosen({ now: 9, soon: 9, turn: 9 }, 8)).toBe('n0 n1 n2 n3 n4 n5 n6 n7 n8 s0 t0');
    expect(await chosen({ now: 16, soon: 9, turn: 9 }, 16)).toMatch(/n15 s0 s1 s2 t0$/);
  });

  it('leave to one kind what the other does not need', async () => {
    expect(await chosen({ soon: 20, turn: 1 }, 8)).toBe('s0 s1 s2 s3 s4 s5 s6 t0');
    expect(await chosen({ soon: 1, turn: 20 }, 8)).toBe('s0 t0 t1 t2 t3 t4 t5 t6');
    expect(await chosen({ soon: 20 }, 3)).toBe('s0 s1 s2');
  });

  it('are of tasks that were never seen, too, which take two requests each', async () => {
    const state = standing('configuring');
    const row = rowOf('CONFIGURING');
    const known: Known = { state, row, summarised: after(row) };
    const tasks = { a: known, b: known, c: known, new: {} };
    const watches = Object.keys(tasks).map((taskId) => ({ ...WATCH, taskId }));
    const looks = chooseLooks(watches, await contextOf(tasks, { quota: 4 }));
    expect(looks.map(({ taskId }) => taskId)).toEqual(['new', 'a', 'b']);
  });

  it('are one of each kind at least, at the slowest rate', async () => {
    expect(await chosen({ soon: 2, turn: 2 }, 0)).toBe('s0 t0');
  });

  it('are half as many where each takes two requests', async () => {
    expect(await chosen({ soon: 20, turn: 20 }, 16, 'full')).toBe('s0 s1 s2 s3 s4 s5 t0 t1');
  });

  it('are of the tasks whose last look is oldest, in the order of the configuration between equals', async () => {
    const [row, state] = [FULL, standing('full')];
    const known = (triedAt: number): Known => ({
      state,
      row,
      summarised: { row: rowFingerprint(row), lookedAt: 0, triedAt },
    });
    const tasks = { a: known(9), b: known(8), c: known(8), d: known(7), e: { state, row } };
    const watches = Object.keys(tasks).map((taskId) => ({ ...WATCH, taskId }));
    const looks = chooseLooks(watches, await contextOf(tasks));
    expect(looks.map(({ taskId }) => taskId)).toEqual(['e', 'd', 'b', 'c', 'a']);
  });
});

describe('an announced readiness', () => {
  const announced = { id: 'evt_1', sequence: 1 };
  const READY = standing('incremental', { run: { ...RUN, ready: { streak: 3, announced } } });

  async function isStale(
    state: TaskState | undefined,
    summarised?: LookSummary,
    since?: number,
  ): Promise<boolean> {
    const known = { ...(state && { state }), ...(summarised && { summarised }) };
    return isReadinessStale(WATCH, await contextOf({ [TASK]: known }, since === undefined ? {} : { since }));
  }

  it('is stale when the last good look at its task is more than five minutes old', async () => {
    const began = SECONDS - 60 * MINUTE;
    expect(await isStale(READY, after(FULL, SECONDS - 5 * MINUTE), began)).toBe(false);
    expect(await isStale(READY, after(FULL, SECONDS - 5 * MINUTE - 1), began)).toBe(true);
  });

  it('is stale when a clock far ahead dated that look', async () => {
    expect(await isStale(READY, after(FULL, SECONDS + 5 * MINUTE))).toBe(false);
    expect(await isStale(READY, after(FULL, SECONDS + 5 * MINUTE + 1))).toBe(true);
  });

  it('counts as confirmed when the summary began, and now where there is none', async () => {
    expect(await isStale(READY, undefined, SECONDS - 5 * MINUTE)).toBe(false);
    expect(await isStale(READY, undefined, SECONDS - 5 * MINUTE - 1)).toBe(true);
    expect(await isStale(READY, after(FULL, SECONDS - 9 * MINUTE), SECONDS - MINUTE)).toBe(false);
    expect(await isStale(READY)).toBe(false);
  });

  it('can be stale; a task without one cannot', async () => {
    const old = after(FULL, SECONDS - 60 * MINUTE);
    const began = SECONDS - 90 * MINUTE;
    expect(await isStale(READY, old, began)).toBe(true);
    expect(await isStale(undefined, old, began)).toBe(false);
    expect(await isStale(standing('incremental'), old, began)).toBe(false);
    expect(await isStale(standing('incremental', { run: RUN }), old, began)).toBe(false);
    expect(
      await isStale(standing('incremental', { run: { ...RUN, ready: { streak: 3 } } }), old, began),
    ).toBe(false);
  });
});
