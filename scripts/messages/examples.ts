import type { EventType, MigrationEvent } from '../../lib/events/event.ts';
import { en } from '../../lib/language/en.ts';
import type { Composition, Events } from '../../lib/messages/message.ts';
import { titleOf } from '../../lib/messages/parts/title.ts';
import { brokenChannels, RECORDED, refusedWith } from '../../test/messages/recorded.ts';
import { STORIES } from '../../test/support/stories.ts';
import { answered } from './answered.ts';

/** One message; `variants` are events whose messages differ from it in their sentence only. */
export interface Example {
  readonly title: string;
  readonly about?: string;
  readonly events: Events;
  readonly given?: Partial<Composition>;
  readonly variants: readonly MigrationEvent[];
}

export interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly examples: readonly Example[];
}

/** The stories come first: their names and figures are those of a real migration. */
const EVENTS: readonly MigrationEvent[] = [
  ...Object.values(STORIES).flat(2).map(answered),
  ...RECORDED.flatMap(([, events]) => events).map(answered),
  refusedWith({
    code: 'not_permitted',
    httpStatus: 403,
    errorCode: 'DCS.4401',
    call: 'ShowMigrationTask',
    permission: 'dcs:migrationTask:get',
  }),
  brokenChannels(1),
  brokenChannels(4),
  brokenChannels(1, 1),
  brokenChannels(4, 1),
];

/** Sentences with other figures are no variants. */
function patternOf(event: MigrationEvent): string {
  return titleOf(event, en)
    .text.replaceAll(/\d[\d.,:-]*/g, '0')
    .replaceAll(/\b0 (?:[kMGT]B|bytes?|d|h|min)\b/g, '0');
}

function distinct(events: readonly MigrationEvent[]): MigrationEvent[] {
  return [...Map.groupBy(events, patternOf).values()].flatMap(([first]) =>
    first === undefined ? [] : [first],
  );
}

/** As many sentences as a reader compares. */
const MOST_VARIANTS = 10;

/** A message for each kind of event of a type: of status changes one for each transition. */
function examplesOf(type: EventType): Example[] {
  const kinds = Map.groupBy(
    EVENTS.filter((event) => event.type === type),
    ({ data }) => data.transition ?? '',
  );
  return [...kinds].flatMap(([transition, events]): Example[] => {
    const [first, ...variants] = distinct(events);
    if (first === undefined) return [];
    const title = `\`${type}\`${transition === '' ? '' : `, \`${transition}\``}`;
    return [{ title, events: [first], variants: variants.slice(0, MOST_VARIANTS) }];
  });
}

export function chapterOf(title: string, about: string, types: readonly EventType[]): Chapter {
  return { title, about, examples: types.flatMap(examplesOf) };
}

export function eventWhere(isIt: (event: MigrationEvent) => boolean): MigrationEvent {
  const event = EVENTS.find(isIt);
  if (event === undefined) throw new Error('no story has such an event');
  return event;
}

/** The same event of a task with another name. */
export function renamed(event: MigrationEvent, name: string): MigrationEvent {
  const { task, summary } = event.data;
  if (task === undefined) return event;
  const data = { ...event.data, task: { ...task, name }, summary: summary.replace(task.name, name) };
  return { ...event, subject: name, source: `${event.source}-${name}`, data };
}

export function together(
  title: string,
  about: string,
  events: readonly MigrationEvent[],
  given: Partial<Composition> = {},
): Example {
  const [first, ...others] = events;
  if (first === undefined) throw new Error(`${title}: no event`);
  return { title, about, events: [first, ...others], given, variants: [] };
}
