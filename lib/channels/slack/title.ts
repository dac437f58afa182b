import { oneLine } from '../../base/text.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { shown, unescaped } from './text.ts';

/** So much of a name is always left, however much there is to say of it. */
const SHORTEST_NAME = 30;

/** The name of what an event is about, as its summary begins with it. */
function nameIn({ summary, task, group }: MigrationEvent['data']): string | undefined {
  const name = group === undefined ? task?.name : `group ${group.name}`;
  return name !== undefined && summary.startsWith(`${name}: `) ? name : undefined;
}

/** What happened, without the name of what it happened to. */
export function wordsOf({ data }: MigrationEvent): string {
  const name = nameIn(data);
  return name === undefined ? data.summary : data.summary.slice(name.length + 2);
}

/**
 * The summary of an event where there is little room: what is cut is the name, not what happened.
 *
 * @param max the most UTF-16 units that it takes when it is {@link shown}
 */
export function summaryWithin(event: MigrationEvent, max: number): string {
  const { summary } = event.data;
  const name = nameIn(event.data);
  const all = Number.POSITIVE_INFINITY;
  if (name === undefined || shown(summary, all).length <= max) return summary;
  const words = oneLine(wordsOf(event));
  const room = Math.max(SHORTEST_NAME, max - shown(`: ${words}`, all).length);
  return `${unescaped(shown(name, room))}: ${words}`;
}
