import { defined } from '../base/defined.ts';
import type { EventType, MigrationEvent } from '../events/event.ts';
import type { Overview } from '../events/overview.ts';
import { isFinal } from '../events/phase.ts';
import type { Condition, Language } from '../language/language.ts';
import { wordFor } from '../language/language.ts';
import type { Composition, Message, Title } from './message.ts';
import { factsOf } from './parts/facts.ts';
import { linkTo } from './parts/link.ts';
import { sectionsOf } from './parts/sections.ts';
import { badgeOf, drillMark, markOf } from './severity.ts';
import { translate } from './translate.ts';

/** The message that always shows where a task or a group stands: its phase, how far it is, whether it is ready. */
export function composeStanding(overview: Overview, { language, room, now }: Composition): Message {
  const event = translate(eventOf(overview), language);
  const shown = { ...event, data: { ...event.data, summary: '' } };
  const closing = asEnd(shown);
  const { group } = event.data;
  return defined({
    severity: event.data.severity,
    colour: badgeOf(closing).colour,
    title: titleOf(overview, `${drillMark([event], language)}${markOf(closing, language)}`, language),
    mentions: false,
    facts: factsOf(shown, { language, now }),
    sections: group === undefined ? [] : sectionsOf({ ...shown.data }, { language, lengthOf: room.lengthOf }),
    footer: [
      language.footer.subject(group === undefined ? 'task' : 'group', overview.subject),
      language.overviews.asOf(language.figures.moment(overview.at)),
    ],
    moment: { at: overview.at, readersTime: language.footer.readersTime },
    console: linkTo(overview.consoleUrl, language.links.console),
  });
}

/** It is never sent: an event is what words, facts and colours are made of. */
function eventOf({ type, subject, at, facts, drill }: Overview): MigrationEvent {
  return defined({
    specversion: '1.0',
    id: '',
    type,
    source: '',
    subject,
    time: at,
    datacontenttype: 'application/json',
    sequence: '',
    severity: facts.severity,
    drill,
    data: { ...facts, summary: '' },
  });
}

/** The badge of an end is that of the change to it. */
function asEnd(event: MigrationEvent): MigrationEvent {
  const { standing } = event.data;
  if (standing === undefined || !isFinal(standing.phase)) return event;
  return { ...event, data: { ...event.data, to: standing } };
}

const CONDITIONS: ReadonlyMap<EventType, Condition> = new Map([
  ['dcs.migration.cutover_ready', 'ready'],
  ['dcs.group.ready', 'ready'],
  ['dcs.migration.cutover_unready', 'notReady'],
  ['dcs.migration.cutover_blocked', 'notReady'],
  ['dcs.migration.stalled', 'stalled'],
  ['dcs.watch.failing', 'unseen'],
]);

function titleOf({ type, subject, facts }: Overview, mark: string, language: Language): Title {
  const { overviews, values, figures, colon } = language;
  const { standing, progress, group } = facts;
  const condition = CONDITIONS.get(type);
  const parts = [
    ...(group === undefined ? [] : [overviews.tasks(group.size)]),
    ...(standing === undefined ? [] : [wordFor(overviews.phases, standing.phase)]),
    ...(progress === undefined ? [] : [figures.percent(progress.percent)]),
    ...(condition === undefined ? [] : [overviews.conditions[condition]]),
  ];
  return { mark, name: values.subject(facts) ?? subject, colon, text: overviews.list(parts) };
}
