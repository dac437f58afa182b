import { describe, expect, it } from 'vitest';
import { alarmWordsOf } from '../../lib/telemetry/alarm-words.ts';

const figure = (name: string, value: number) => ({ name, unit: 'Count', value }) as const;

describe('the words for alarms', () => {
  it('are one for a good tick, and none where there was no tick', () => {
    expect(alarmWordsOf([figure('Ticks', 1), figure('Looks', 4), figure('Blind', 0)])).toEqual([
      'DCS_WATCH_TICK',
    ]);
    expect(alarmWordsOf([])).toEqual([]);
  });

  it('name everything that is wrong', () => {
    const figures = [
      figure('Ticks', 0),
      figure('DeadLetters', 2),
      figure('BrokenChannels', 1),
      figure('Blind', 1),
    ];
    expect(alarmWordsOf(figures).toSorted()).toEqual([
      'DCS_WATCH_BLIND',
      'DCS_WATCH_CHANNEL_BROKEN',
      'DCS_WATCH_DEAD_LETTERS',
    ]);
  });
});
