import { afterAll, describe, expect, it } from 'vitest';
import { mustBeDescribed } from '../support/event-schemas.ts';
import { found } from './support.ts';
import { compare, expectData } from './timelines/comparison.ts';
import { type Fixture, TIMELINES } from './timelines/fixture.ts';
import { replay } from './timelines/replay.ts';

/** No store takes more for one record. */
const MOST_BYTES = 200_000;
const total = { timelines: 0, looks: 0, events: 0, false: 0, missed: 0, latest: 0, bytes: 0 };

describe('a recorded timeline', () => {
  it.each(TIMELINES.map((timeline) => [timeline.title, timeline] as const))('%s', (_title, timeline) => {
    const replayed = replay(timeline);
    const comparison = compare(timeline, replayed);
    total.timelines += 1;
    total.looks += replayed.looks;
    total.events += replayed.events.length;
    total.false += comparison.falseOnes;
    total.missed += comparison.missed;
    total.latest = Math.max(total.latest, comparison.latest);
    total.bytes = Math.max(total.bytes, replayed.bytes);

    expect(comparison.actual).toEqual(comparison.expected);
    for (const one of comparison.data) expectData(one);
    mustBeDescribed(replayed.events.map(({ event }) => event));
    expect(replayed.bytes).toBeLessThan(MOST_BYTES);
    if (timeline.looks_made !== undefined) expect(replayed.looks).toBe(timeline.looks_made);
    if (timeline.most_writes !== undefined) expect(replayed.writes).toBeLessThanOrEqual(timeline.most_writes);
  });

  afterAll(() => {
    const { timelines, looks, events, missed, latest, bytes } = total;
    process.stdout.write(
      `${timelines} timelines, ${looks} looks, ${events} events: false ${total.false}, missed ${missed}, late by ${latest} look(s) at most; largest record ${bytes} bytes\n`,
    );
  });
});

describe('the comparison of events with the expected ones', () => {
  const timeline = found(TIMELINES.find(({ file }) => file === 'stop-during-full.yml'));
  const compared = (expected: Fixture['expect']) => {
    const { falseOnes, missed, latest } = compare({ ...timeline, expect: expected }, replay(timeline));
    return { false: falseOnes, missed, latest };
  };
  const [seen, stopping, stopped] = timeline.expect;
  const all = [found(seen), found(stopping), found(stopped)] as const;

  it('finds nothing where everything is as expected', () => {
    expect(compared(all.slice())).toEqual({ false: 0, missed: 0, latest: 0 });
  });

  it('finds unexpected events', () => {
    expect(compared([all[0], all[2]])).toEqual({ false: 1, missed: 0, latest: 0 });
  });

  it('finds missing events', () => {
    expect(compared([...all, '00:20 gone action: the task no longer exists'])).toMatchObject({
      false: 0,
      missed: 1,
    });
  });

  it.each([
    ['the severity', '00:11 status_changed action: being stopped'],
    ['the words', '00:11 status_changed info: being started'],
    ['the type', '00:11 stalled info: being stopped'],
    ['the task', '00:11 [other] status_changed info: being stopped'],
    ['the time, by being early', '00:12 status_changed info: being stopped'],
    ['the time, by being two looks late', '00:09 status_changed info: being stopped'],
  ])('finds a difference in %s', (_what, line) => {
    expect(compared([all[0], line, all[2]])).toMatchObject({ false: 1, missed: 1 });
  });

  it('accepts an event one look late, and reports it', () => {
    expect(compared([all[0], '00:10 status_changed info: being stopped', all[2]])).toEqual({
      false: 0,
      missed: 0,
      latest: 1,
    });
  });
});
