import { describe, expect, it } from 'vitest';
import { NEW_TASK } from '../../lib/migration/model/state.ts';
import { isDormant, isNearChange, isSweepDue } from '../../lib/migration/schedule.ts';
import { keptUntil } from '../../lib/records/retention.ts';
import { recordWith, withFields } from '../support/records.ts';
import { detectAll, failed, found, type MadeLook, minute, missing, seen } from './support.ts';

const after = (...looks: readonly MadeLook[]) => found(detectAll(looks).record);
const FULL = seen('FULLMIGRATING');
const INCREMENTAL = seen('INCRMIGEATING');

describe('a task is dormant', () => {
  it.each(['SUCCESS', 'TERMINATED', 'FAILED', 'RELEASED'])(
    'an hour after its end as %s, and not before',
    (status) => {
      const record = after(FULL, seen(status));
      expect(isDormant(record.state, minute(60))).toBe(false);
      expect(isDormant(record.state, minute(61))).toBe(true);
    },
  );

  it('an hour after it is gone', () => {
    expect(isDormant(after(FULL, missing, missing).state, minute(62))).toBe(true);
  });

  it.each<[string, readonly MadeLook[]]>([
    ['while it works', [FULL]],
    ['with an unknown status', [seen('PAUSED')]],
    ['while looks at it fail', [seen('SUCCESS'), failed()]],
    ['while it may be gone', [seen('SUCCESS'), missing]],
  ])('never %s', (_when, looks) => {
    expect(isDormant(after(...looks).state, minute(100_000))).toBe(false);
  });

  it('never before it was seen', () => {
    expect(isDormant(NEW_TASK, minute(100_000))).toBe(false);
  });

  it('no sooner by a clock that went back', () => {
    expect(isDormant(after(FULL, seen('SUCCESS')).state, minute(-100))).toBe(false);
  });
});

describe('a record is kept', () => {
  const discovered = { discoveredBy: 'prod', outbox: [] };
  const gone = withFields(after(FULL, missing, missing), discovered);
  const outbox = detectAll([FULL]).events.map((event) => ({ event, deliveries: {} }));

  it('for 90 days after its task was gone, if that was discovered', () => {
    expect(keptUntil(gone)).toBe(minute(2).getTime() + 90 * 24 * 3_600_000);
  });

  it.each([
    ['whose task the configuration names', withFields(after(FULL, missing, missing), { outbox: [] })],
    ['with pending deliveries', withFields(gone, { outbox: outbox })],
    ['whose task was found again', withFields(after(FULL, missing, missing, FULL), discovered)],
    ['whose task has ended, but exists', withFields(after(FULL, seen('SUCCESS')), discovered)],
    ['whose task was never seen', recordWith(minute(0), { discoveredBy: 'prod' })],
  ])('for ever %s', (_which, record) => {
    expect(keptUntil(record)).toBeUndefined();
  });
});

describe('a task is near a change', () => {
  const ready = { streak: 1 };

  it.each<[string, readonly MadeLook[], number]>([
    ['ten minutes after the last one', [FULL], 9],
    ['while it is being stopped', [INCREMENTAL, seen('TERMINATING')], 500],
    [
      'while its IP addresses are switched',
      [INCREMENTAL, seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' })],
      500,
    ],
    ['when one look has missed it', [FULL, missing], 500],
  ])('%s', (_when, looks, at) => {
    expect(isNearChange(after(...looks).state, minute(at))).toBe(true);
  });

  it('while it is ready, or on its way there', () => {
    const record = after(INCREMENTAL);
    const readied = { ...record.state, run: { ...found(record.state.run), ready } };
    expect(isNearChange(readied, minute(500))).toBe(true);
  });

  it.each<[string, readonly MadeLook[]]>([
    ['while it has been in one phase for long', [FULL]],
    ['after its end', [FULL, seen('SUCCESS')]],
    ['when it is gone', [FULL, missing, missing]],
    ['when it is still gone', [FULL, missing, missing, missing]],
    ['while looks fail', [FULL, failed()]],
  ])('not %s', (_when, looks) => {
    expect(isNearChange(after(...looks).state, minute(500))).toBe(false);
  });

  it('not right after its end', () => {
    expect(isNearChange(after(FULL, seen('SUCCESS')).state, minute(2))).toBe(false);
  });

  it('not before it was seen', () => {
    expect(isNearChange(after(failed()).state, minute(1))).toBe(false);
  });
});

describe('tasks that ended long ago are looked at', () => {
  const EVERY = 15 * 60_000;
  it.each<[string | undefined, number, boolean]>([
    [undefined, 0, true],
    [minute(0).toISOString(), 14, false],
    [minute(0).toISOString(), 15, true],
    // By a clock that was wrong.
    [minute(999).toISOString(), 0, true],
  ])('swept at %s, in minute %d: %s', (swept, at, isDue) => {
    expect(isSweepDue(swept, EVERY, minute(at))).toBe(isDue);
  });
});
