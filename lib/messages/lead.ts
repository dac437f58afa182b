import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import { latenessMs } from '../events/lateness.ts';
import { heldBy, isAnybodyCalled, partsOf } from './digest/held.ts';
import { areAllFirstSeen, countedIn } from './digest/lines.ts';
import { listOf } from './digest/list.ts';
import { newsAndPast } from './digest/news.ts';
import { composeLook, isSameLook } from './look.ts';
import type { Composition, Events, Message } from './message.ts';
import { gravestOf } from './severity.ts';

/**
 * The events of one look that a message about several is really about: a failure of one task among much that is none, what
 * quiet hours let pass, or all that still holds of what was held. Failures of several tasks are equals in a digest.
 *
 * @returns nothing where no look stands out
 */
export function leadOf(events: Events, composition: Composition): Events | undefined {
  const { held = false, reminder = false, over } = composition;
  if (reminder || areAllFirstSeen(events)) return undefined;
  const { news } = newsAndPast(events, over);
  const [first, ...others] = news;
  const isAllNews = held && first !== undefined && others.every((other) => isSameLook(first, other));
  const main = isAllNews ? first : mainOf(news, composition);
  return main && lookWith(main, held ? news : events);
}

function mainOf(news: readonly MigrationEvent[], { excepted = [] }: Composition): MigrationEvent | undefined {
  const urgent = news.filter(({ id, data }) => data.severity === 'failure' || excepted.includes(id));
  // With a task its group fails, and the reason is the task.
  const ofTasks = urgent.filter(({ data }) => data.task !== undefined);
  const [first, ...others] = ofTasks.length > 0 ? ofTasks : urgent;
  if (first === undefined || countedIn([first, ...others]).subjects > 1) return undefined;
  return gravestOf([first, ...others]);
}

function lookWith(main: MigrationEvent, events: readonly MigrationEvent[]): Events {
  const [first = main, ...others] = events.filter((event) => isSameLook(event, main));
  return [first, ...others];
}

/** The whole message about one look, and below it all other events in brief. */
export function composeWithLead(lead: Events, events: Events, composition: Composition): Message {
  const { now, lateMs, ...rest } = composition;
  const own = lateMs === undefined ? undefined : latenessMs(lead[0], now);
  const look = composeLook(lead, defined<Composition>({ ...rest, now, lateMs: own }));
  const parts = partsOf(events, composition);
  const frame = { ...look, mentions: isAnybodyCalled(parts, composition) };
  const others = (all: readonly MigrationEvent[]) => all.filter((event) => !lead.includes(event));
  const besides = others(events);
  const news = others(parts.news);
  const isOver = composition.held === true && composition.merged === undefined && news.length === 0;
  const list = listOf(frame, {
    events: besides,
    parts: { news, past: others(parts.past) },
    heading: headingOf(besides, isOver, composition),
    isOver,
    composition,
  });
  return { ...frame, list };
}

/** All other events are counted, also those that are a sum. */
function headingOf(besides: readonly MigrationEvent[], isOver: boolean, composition: Composition): string {
  const { language, merged } = composition;
  const counted = countedIn(besides);
  const events = counted.events + (merged?.events ?? 0);
  return language.digests.besides({ ...counted, events, isOver }, heldBy(composition));
}
