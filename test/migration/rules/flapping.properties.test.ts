import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { detect } from '../../../lib/migration/detect/detect.ts';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { minute, seen, storedAfter, WATCH } from '../support.ts';

/** The events of readiness when looks, a minute apart, see these figures. Everything is as by default. */
function readinessOf(figures: readonly Stats[]) {
  let record: StoredRecord | undefined;
  const events: MigrationEvent[] = [];
  for (const [index, value] of figures.entries()) {
    const update = detect(record, seen('INCRMIGEATING'), {
      watch: WATCH,
      now: minute(index),
      enrichment: { stats: { kind: 'known', value } },
    });
    if (update !== undefined) record = storedAfter(record, update);
    events.push(...(update?.events ?? []));
  }
  const count = (word: string) => events.filter(({ type }) => type === `dcs.migration.${word}`).length;
  return { ready: count('cutover_ready'), unready: count('cutover_unready'), record };
}

const lag = (offset: number): Stats => ({ offset, sourceKeys: 1000, targetKeys: 1000 });
const inStep = (looks: number): Stats[] => Array.from({ length: looks }, () => lag(0));

/** Mostly nothing or a little, now and then a lot, which is gone at the next look. */
const noise = (most: number) =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant([0]) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 900 }).map((some) => [some]) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: most }).map((spike) => [spike, 0]) },
    ),
    { minLength: 100, maxLength: 300, size: 'max' },
  );

const RUNS = { numRuns: 300, seed: 20260105 };

describe('readiness of a source under load', () => {
  it('is announced once for the series that flapped five times', () => {
    const offsets = [0, 572, 0, 0, 14, 0, 0, 0, 207, 0, 0, 0, 88, 0, 0, 0, 431, 0, 0, 0, 9, 0, 0, 0, 572];
    expect(readinessOf(offsets.map(lag))).toMatchObject({ ready: 1, unready: 0 });
  });

  it.each([600, 90_000, 5_000_000])('is announced once, however its lag spikes up to %i bytes', (most) => {
    fc.assert(
      fc.property(noise(most), (spikes) => {
        const series = spikes.flat().map(lag);
        expect(readinessOf(series)).toMatchObject({ ready: 1, unready: 0 });
      }),
      RUNS,
    );
  });

  it('is announced once, however its key counts vary around the limit', () => {
    const gap = fc.integer({ min: 4, max: 18 });
    fc.assert(
      fc.property(fc.array(gap, { minLength: 100, maxLength: 200, size: 'max' }), (gaps) => {
        const series = gaps.map((missing) => ({ offset: 0, sourceKeys: 1000, targetKeys: 1000 - missing }));
        const { ready, unready } = readinessOf([...inStep(3), ...series]);
        expect([ready, unready]).toEqual([1, 0]);
      }),
      RUNS,
    );
  });

  it('flaps less and less often when even that is not enough', () => {
    const wild = fc.oneof(fc.constant(0), fc.integer({ min: 100_001, max: 5_000_000 }));
    fc.assert(
      fc.property(fc.array(wild, { minLength: 200, maxLength: 300, size: 'max' }), (offsets) => {
        expect(readinessOf(offsets.map(lag)).ready).toBeLessThanOrEqual(4);
      }),
      RUNS,
    );
  });

  const everyHalfHour = (some: Stats[]) => Array.from({ length: 48 }, () => [...some, ...inStep(30)]).flat();

  it.each<[string, Stats[]]>([
    ['a burst of writes', [lag(2_000_000), lag(2_000_000), lag(2_000_000)]],
    ['one extreme lag', [lag(900_000_000)]],
    ['figures that are missing', [{}, {}, {}]],
    ['keys that are counted late', [{ offset: 0, sourceKeys: 1000, targetKeys: 0 }]],
  ])('is not announced all day where every half hour brings %s', (_what, some) => {
    const { ready, unready } = readinessOf([...inStep(10), ...everyHalfHour(some)]);
    expect(ready).toBeLessThanOrEqual(6);
    expect(ready - unready).toBeLessThanOrEqual(1);
    expect(unready).toBeGreaterThan(0);
  });

  it('is announced as soon as at first once it has held for six hours', () => {
    const night = [lag(150_000), lag(150_000), lag(150_000), ...inStep(400)];
    const week = readinessOf([...inStep(3), ...Array.from({ length: 7 }, () => night).flat()]);
    expect(week).toMatchObject({ ready: 8, unready: 7 });
    expect(week.record?.state.run?.retractions).toBe(1);
  });

  it('is retracted when the lag stays, within three looks, and at the first one when it is far behind', () => {
    expect(readinessOf([...inStep(3), lag(150_000), lag(150_000)]).unready).toBe(0);
    expect(readinessOf([...inStep(3), lag(150_000), lag(150_000), lag(150_000)]).unready).toBe(1);
    expect(readinessOf([...inStep(3), lag(9_000_000_000)]).unready).toBe(1);
  });

  it('is announced again after a while once it was retracted', () => {
    const behind = [lag(150_000), lag(150_000), lag(150_000)];
    expect(readinessOf([...inStep(3), ...behind, ...inStep(5)])).toMatchObject({ ready: 1, unready: 1 });
    expect(readinessOf([...inStep(3), ...behind, ...inStep(6)])).toMatchObject({ ready: 2, unready: 1 });
  });
});
