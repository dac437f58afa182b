import { describe, expect, test } from 'vitest';
import { playBrokenChannels, playFlapping } from '../promise/storms.ts';
import { everyAnswer } from './proof/accidents.ts';
import { everyCrash } from './proof/crashes.ts';
import { randomOverlaps } from './proof/overlaps.ts';
import { ANSWERS, takingOf } from './proof/receivers.ts';
import { ours } from './proof/simple-designs.ts';

describe('In short', () => {
  test('Every change is delivered or ends as a dead letter, with a crash before or after every step', async () => {
    const crashes = await everyCrash(ours);
    expect(crashes.fired.get('crash: dies after')).toBeGreaterThan(0);
    expect(crashes).toMatchObject({ lost: 0, stuck: 0 });
    expect(crashes.deliveries).toBeGreaterThan(0);
  });

  test('A duplicate needs a crash, an ambiguous answer, or an acknowledgement that could not be written', async () => {
    const answers = await everyAnswer(ours);
    expect(answers.unexplained).toBe(0);
    const unknown = ANSWERS.filter((answer) => takingOf(answer, 'programs').unknown > 0);
    const ambiguous = unknown.map((answer) => answers.fired.get(`answer: ${answer}`) ?? 0);
    expect(ambiguous.length).toBeGreaterThan(2);
    expect(Math.min(...ambiguous)).toBeGreaterThan(0);
    expect(answers.duplicates).toBe(ambiguous.reduce((sum, count) => sum + count, 0));
  });

  test('Each of these repeats a delivery at most once', async () => {
    const [crashes, answers] = [await everyCrash(ours), await everyAnswer(ours)];
    expect(crashes.fired.get('crash: dies before')).toBeGreaterThan(0);
    expect([crashes.most, answers.most]).toEqual([1, 1]);
  });

  test('Overlapping ticks make no duplicate in 300 random schedules', async () => {
    const overlaps = await randomOverlaps({ design: ours, seed: 'promise', cases: 300 });
    expect(overlaps).toMatchObject({ cases: 300, duplicates: 0, lost: 0 });
  });
});

describe('for hours', () => {
  test('the other channels get one event about a broken channel', () => playBrokenChannels(300));

  test('a chat gets a message about a flapping task at most once in ten minutes; a webhook gets every event', () =>
    playFlapping(240));
});
