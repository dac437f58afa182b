import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../lib/events/event.ts';
import { canonicalStatus } from '../../../lib/events/phase.ts';
import type { TaskState } from '../../../lib/migration/model/state.ts';
import { meaningOf } from '../../../lib/migration/model/status.ts';
import { detectAll, failed, type MadeLook, minute, missing, seen } from '../support.ts';

/** Statuses that mean the same, that differ, and that nobody knows: few, so that looks often repeat one. */
const status = fc.constantFrom(
  'RUNNING',
  'FULLMIGRATING',
  'INCRMIGEATING',
  'INCRMIGRATING',
  'TERMINATED',
  'SUCCESS',
  'FAILED',
  'PAUSED',
  'constructor',
);
const taskStatus = fc.constantFrom(undefined, 'EXCHANGING', 'EXCHANGE_SUCCESS', 'ROLLBACK_SUCCESS');
const goodLook = fc
  .record({ status, taskStatus, name: fc.string() })
  .map(({ status, taskStatus, name }) =>
    seen(status, { name, ...(taskStatus !== undefined && { taskStatus }) }),
  );
const badLook = fc.constantFrom(failed('unreachable'), failed('not authorised'), failed('throttled'));
const look = fc.oneof(
  { weight: 4, arbitrary: goodLook },
  { weight: 2, arbitrary: fc.constant(missing) },
  { weight: 3, arbitrary: badLook },
);
const looks = fc.array(look, { maxLength: 60, size: 'max' });

function holds(check: (looks: MadeLook[]) => void): void {
  fc.assert(fc.property(looks, check), { numRuns: 300 });
}

/** The meaning of a look, as far as a change shows in it. A roll-back that is no longer reported is still one. */
function signOf(look: MadeLook, before: TaskState | undefined): string | undefined {
  if (look.kind !== 'seen') return undefined;
  const { status, taskStatus } = look.observation;
  const { phase } = meaningOf(look.observation);
  const wasBack = before?.observation?.taskStatus === 'ROLLBACK_SUCCESS';
  const isStillBack = wasBack && taskStatus === undefined && phase === 'succeeded';
  return `${canonicalStatus(status)} ${isStillBack ? 'stopped' : phase}`;
}

/**
 * Whether a look shows the good end of an IP switch that was unknown when the end was reported. A roll-back makes an
 * event of its own.
 */
function isAnswer(look: MadeLook, before: TaskState | undefined): boolean {
  return (
    before?.standing?.unchecked === 'rolled back' &&
    look.kind === 'seen' &&
    look.observation.taskStatus === 'EXCHANGE_SUCCESS'
  );
}

/**
 * Minutes. The result of an end is reported for 72 hours after it, and a longer jump looks like so long a time: nothing
 * is reported after either.
 */
const LONGEST_JUMP = 72 * 60 - 60;

/** Events but those that time alone makes: a task is forgotten, its looks fail still. */
function untimed(stories: readonly ReturnType<typeof detectAll>[]): string[] {
  let isFailing = false;
  return stories
    .flatMap(({ events }) => events.map(({ type }) => type))
    .filter((type) => {
      const isReminder = type === 'dcs.watch.failing' && isFailing;
      if (type === 'dcs.watch.failing') isFailing = true;
      if (type === 'dcs.watch.restored' || type === 'dcs.migration.gone') isFailing = false;
      return !isReminder && type !== 'dcs.migration.forgotten';
    });
}

describe('any looks in any order', () => {
  it('events are numbered from 1 without a gap, and no two have one id', () => {
    holds((row) => {
      const { events, record } = detectAll(row);
      expect(events.map(({ data }) => data.number)).toEqual(events.map((_, index) => index + 1));
      const sequences = events.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...new Set(sequences)].toSorted());
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(record?.eventCount ?? 0).toBe(events.length);
      expect(record?.sequence ?? 0).toBe(Number(sequences.at(-1) ?? 0));
    });
  });

  it('each event about the task begins where the one before it ended', () => {
    holds((row) => {
      const { events, record } = detectAll(row);
      const steps = events.filter(({ data }) => data.to !== undefined);
      // Other facts of a standing (an IP switch, say) can change while it lasts.
      const place = (at: Standing | undefined) => at && [at.status, at.phase, at.since];
      expect(steps.map(({ data }) => place(data.from))).toEqual(
        [undefined, ...steps.map(({ data }) => place(data.to))].slice(0, -1),
      );
      expect(place(record?.state.standing)).toEqual(place(steps.at(-1)?.data.to));
    });
  });

  it('the first event about the task is its only first_seen', () => {
    holds((row) => {
      const steps = detectAll(row).events.filter(({ data }) => data.to !== undefined);
      const firsts = steps.filter(({ type }) => type === 'dcs.migration.first_seen');
      expect(firsts).toEqual(steps.slice(0, 1));
    });
  });

  it('no change is invented: each comes from a look that differs from the last one that saw the task', () => {
    holds((row) => {
      const { updates } = detectAll(row);
      let last: string | undefined;
      let before: TaskState | undefined;
      for (const [index, made] of row.entries()) {
        const types = updates[index]?.events.map(({ type }) => type) ?? [];
        const sign = signOf(made, before);
        const isNews = sign !== undefined && last !== undefined && (sign !== last || isAnswer(made, before));
        expect(types.includes('dcs.migration.status_changed')).toBe(isNews);
        if (types.includes('dcs.migration.gone')) last = 'gone';
        last = sign ?? last;
        before = updates[index]?.stream.state ?? before;
      }
    });
  });

  it('a task is gone exactly when two missing looks in a row follow one that saw it', () => {
    holds((row) => {
      const { updates } = detectAll(row);
      let standing = false;
      let inARow = 0;
      for (const [index, { kind }] of row.entries()) {
        inARow = kind === 'missing' ? inARow + 1 : 0;
        const isGone: boolean = standing && inARow === 2;
        standing = kind === 'seen' || (standing && !isGone);
        const isReported = updates[index]?.events.some(({ type }) => type === 'dcs.migration.gone') ?? false;
        expect(isReported).toBe(isGone);
      }
    });
  });

  it('failing and restored take turns, except that gone ends failing too', () => {
    const marks = new Map([
      ['dcs.watch.failing', 'F'],
      ['dcs.watch.restored', 'R'],
      ['dcs.migration.gone', 'G'],
    ]);
    holds((row) => {
      const story = detectAll(row).events.map(({ type }) => marks.get(type) ?? '');
      expect(story.join('')).toMatch(row.at(-1)?.kind === 'seen' ? /^(F[RG]|G)*$/ : /^(F[RG]|G)*F?$/);
    });
  });

  it('a good look ends failing, a look like the one before it writes nothing', () => {
    fc.assert(
      fc.property(looks, goodLook, (row, last) => {
        const { record } = detectAll([...row, last]);
        expect(record?.state).not.toHaveProperty('failing');
        expect(record?.state).not.toHaveProperty('missing');
        expect(detectAll([last, last], { record, minute: row.length + 1 }).updates).toEqual([
          undefined,
          undefined,
        ]);
      }),
    );
  });

  it('looks that only fail, or only miss, soon write nothing', () => {
    fc.assert(
      fc.property(looks, fc.oneof(badLook, fc.constant(missing)), (row, bad) => {
        const { record } = detectAll(row);
        const { updates } = detectAll(
          Array.from({ length: 8 }, () => bad),
          { record, minute: row.length },
        );
        expect(updates.slice(3)).toEqual(Array.from({ length: 5 }, () => undefined));
      }),
    );
  });

  it('the same looks make the same events, at once or in parts', () => {
    fc.assert(
      fc.property(looks, fc.nat(), (row, cut) => {
        const whole = detectAll(row);
        const at = row.length === 0 ? 0 : cut % row.length;
        const first = detectAll(row.slice(0, at));
        const second = detectAll(row.slice(at), { record: first.record, minute: at });
        expect([...first.events, ...second.events]).toEqual(whole.events);
        expect(second.record).toEqual(whole.record);
      }),
    );
  });

  it('a clock that jumps changes only the events that depend on time', () => {
    fc.assert(
      fc.property(looks, fc.integer({ min: -10_000, max: LONGEST_JUMP }), (row, jump) => {
        const half = Math.floor(row.length / 2);
        const before = detectAll(row.slice(0, half));
        const steady = detectAll(row.slice(half), { record: before.record, minute: half });
        const jumped = detectAll(row.slice(half), { record: before.record, minute: half + jump });
        expect(untimed([before, jumped])).toEqual(untimed([before, steady]));
      }),
    );
  });

  it('events have the time of their look, and the record stays small', () => {
    holds((row) => {
      const { updates, record } = detectAll(row);
      for (const [index, change] of updates.entries()) {
        for (const { time } of change?.events ?? []) expect(time).toBe(minute(index).toISOString());
      }
      expect(record?.state.timeline.length ?? 0).toBeLessThanOrEqual(50);
    });
  });
});
