import { afterAll, describe, expect, it } from 'vitest';
import { mustBeDescribed } from '../support/event-schemas.ts';
import { TIMELINES } from './timelines/fixture.ts';
import { replay } from './timelines/replay.ts';
import { compare, expectData } from './timelines/verdict.ts';

/** No store takes more for one record. */
const MOST_BYTES = 200_000;
const total = { timelines: 0, looks: 0, events: 0, false: 0, missed: 0, latest: 0, bytes: 0 };

describe('a recorded timeline', () => {
  it.each(TIMELINES.map((timeline) => [timeline.title, timeline] as const))('%s', (_title, timeline) => {
    const replayed = replay(timeline);
    const verdict = compare(timeline, replayed);
    total.timelines += 1;
    total.looks += replayed.looks;
    total.events += replayed.told.length;
    total.false += verdict.falseOnes;
    total.missed += verdict.missed;
    total.latest = Math.max(total.latest, verdict.latest);
    total.bytes = Math.max(total.bytes, replayed.bytes);

    expect(verdict.actual).toEqual(verdict.expected);
    for (const one of verdict.data) expectData(one);
    mustBeDescribed(replayed.told.map(({ event }) => event));
    expect(replayed.bytes).toBeLessThan(MOST_BYTES);
    if (timeline.looks_made !== undefined) expect(replayed.looks).toBe(timeline.looks_made);
    if (timeline.most_writes !== undefined) expect(replayed.writes).toBeLessThanOrEqual(timeline.most_writes);
  });

  afterAll(() => {
    const { timelines, looks, events, missed, latest, bytes } = total;
    process.stdout.write(
      `${timelines} timelines, ${looks} looks, ${events} events: false ${total.false}, missed ${missed}, latest by ${latest} look(s); largest record ${bytes} bytes\n`,
    );
  });
});
