import type { MigrationEvent } from '../../events/event.ts';
import type { Language } from '../../language/language.ts';
import type { Composition, Events } from '../message.ts';

/** The subject and the numbers of the events, and when they happened. */
export function footerOf(events: Events, { language, lateMs }: Composition): string[] {
  const [first] = events;
  const numbers = events.map(({ sequence, data: { number } }) => number ?? Number(sequence));
  return [
    subjectWords(first, language),
    language.footer.events(numbers),
    ...timeWords(first.time, lateMs, language),
  ];
}

/** An event about a channel comes from the watcher itself. */
function subjectWords({ subject, data }: MigrationEvent, { footer }: Language): string {
  if (data.task !== undefined) return footer.subject('task', subject);
  if (data.group !== undefined) return footer.subject('group', subject);
  return data.project === undefined ? footer.watcher : footer.subject('project', subject);
}

/** `2026-01-05 02:12 UTC`, and `delayed by 2 h 5 min` if it is. */
export function timeWords(time: string, lateMs: number | undefined, language: Language): string[] {
  const moment = language.figures.moment(time);
  return lateMs === undefined ? [moment] : [moment, language.footer.delayedBy(lateMs)];
}
