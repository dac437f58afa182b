import type { Metric } from './metrics.ts';

/** Words for alarms that look for a word in the log, where there is no service of metrics. They stay as they are. */
const ALARM_WORDS: ReadonlyMap<string, string> = new Map([
  ['Ticks', 'DCS_WATCH_TICK'],
  ['Blind', 'DCS_WATCH_BLIND'],
  ['BrokenChannels', 'DCS_WATCH_CHANNEL_BROKEN'],
  ['DeadLetters', 'DCS_WATCH_DEAD_LETTERS'],
]);

/** The words for the figures of a tick that are not 0: `DCS_WATCH_TICK` after each good tick, and what is wrong. */
export function alarmWordsOf(metrics: readonly Metric[]): string[] {
  return metrics.flatMap(({ name, value }) => {
    const sign = ALARM_WORDS.get(name);
    return sign === undefined || value === 0 ? [] : [sign];
  });
}
