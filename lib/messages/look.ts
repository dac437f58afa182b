import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import { heldBy, isAnybodyCalled, partsOf } from './digest/held.ts';
import { cut } from './format.ts';
import type { Composition, Events, Fact, Message, Section } from './message.ts';
import { factsOf } from './parts/facts.ts';
import { footerOf } from './parts/footer.ts';
import { linkTo } from './parts/link.ts';
import { sectionsOf } from './parts/sections.ts';
import { titleOf } from './parts/title.ts';
import { badgeOf, drillMark, gravestOf, markOf, reminderMark } from './severity.ts';

export function isSameLook(a: MigrationEvent, b: MigrationEvent): boolean {
  return a.source === b.source && a.subject === b.subject && a.time === b.time;
}

/**
 * One message about the events of one look at one task: the gravest event is the title, the others are lines below it.
 * The longer parts of all of them (why it failed, how the whole migration went) are in it, too. Everything comes from the
 * events: a change is a value.
 */
export function composeLook(events: Events, composition: Composition): Message {
  const { language, reminder = false } = composition;
  const event = gravestOf(events);
  const others = events.filter((other) => other !== event);
  const mark = `${drillMark(events, language)}${reminder ? reminderMark(language) : ''}${markOf(event, language)}`;
  return defined({
    severity: event.data.severity,
    colour: badgeOf(event).colour,
    title: titleOf(event, language, mark),
    mentions: isAnybodyCalled(partsOf(events, composition), composition),
    facts: [...happenedFacts(event, composition), ...factsOf(event, composition)],
    sections: allSections([event, ...others], composition),
    footer: footerOf(events, composition),
    moment: { at: events[0].time, readersTime: language.footer.readersTime },
    console: linkTo(event.data.consoleUrl, language.links.console),
  });
}

/** The time of an event that was held, at the top: it is not of this moment. */
function happenedFacts({ time }: MigrationEvent, composition: Composition): Fact[] {
  const { language, lateMs } = composition;
  const held = heldBy(composition);
  if (held === undefined || lateMs === undefined) return [];
  return [[language.labels.happened, language.digests.happened(time, held), time]];
}

function allSections(events: Events, composition: Composition): Section[] {
  const { language, room } = composition;
  const [, ...others] = events;
  const lines = others.map((other) => alsoLine(other, composition));
  const context = { language, lengthOf: room.lengthOf };
  return [
    ...(lines.length === 0 ? [] : [{ lines }]),
    ...distinct(events.flatMap(({ data }) => sectionsOf(data, context))),
  ];
}

/** Two events of a group show the same tasks. */
function distinct(sections: readonly Section[]): Section[] {
  const keyOf = ({ heading, lines }: Section) =>
    [...(heading === undefined ? [] : [heading]), ...lines].join('\n');
  return [...new Map(sections.map((section) => [keyOf(section), section])).values()];
}

/** The longest sentence of an event below another one's. */
const ALSO = 360;

/** The name of their subject stands in the title already. */
function alsoLine(event: MigrationEvent, { language, room }: Composition): string {
  const { text } = titleOf(event, language);
  return language.sections.also(markOf(event, language), cut(text, ALSO, room.lengthOf));
}
