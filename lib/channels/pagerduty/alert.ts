import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import { compose } from '../../messages/compose.ts';
import { cut, withinRoom } from '../../messages/format.ts';
import type { Link, Message, Room } from '../../messages/message.ts';
import { sentenceWithin } from '../../messages/parts/title.ts';
import { drillMark } from '../../messages/severity.ts';
import { type Action, keyOf } from './action.ts';

/** A request of the Events API v2, without its routing key. */
export interface Alert {
  readonly event_action: Action;
  readonly dedup_key: string;
  readonly client?: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly payload?: Payload;
}

interface Payload {
  readonly summary: string;
  readonly source: string;
  readonly severity: 'critical' | 'error' | 'info';
  readonly timestamp: string;
  readonly component?: string;
  readonly group?: string;
  readonly class: string;
  readonly custom_details: Readonly<Record<string, string>>;
}

/** Characters of a summary (Events API v2), and of all other texts, far below the 512 KB of a request. */
const LIMITS = { summary: 1024, name: 255, value: 1000, section: 4000, sections: 12 } as const;

const lengthOf = (text: string) => text.length;
const ROOM: Room = { most: 20_000, measure: lengthOf, frame: () => 0, lengthOf };

/**
 * The same bytes on every attempt: nothing depends on its moment. Programs and people who are called at night read the
 * same English.
 */
export function alertOf(event: MigrationEvent, action: Action): Alert {
  const base = { event_action: action, dedup_key: keyOf(event) };
  if (action === 'resolve') return base;
  const message = compose([event], { language: en, room: ROOM, now: new Date(event.time) });
  return defined({
    ...base,
    client: 'dcs-migration-watch',
    client_url: message.console?.url,
    links: linksOf(message).map(({ label, url }) => ({ href: url, text: label })),
    payload: payloadOf(event, message),
  });
}

function payloadOf(event: MigrationEvent, message: Message): Payload {
  const { source, time, type, data } = event;
  const { task, project, group } = data;
  const mark = drillMark([event], en);
  const sentence = sentenceWithin(message.title, LIMITS.summary - mark.length, lengthOf);
  return defined({
    summary: named(`${mark}${sentence}`, LIMITS.summary) ?? type,
    source: cut(source, LIMITS.value, lengthOf),
    severity: severityOf(event),
    timestamp: time,
    component: named(task?.name ?? group?.name ?? project?.name),
    group: named(task?.project ?? project?.name),
    class: type,
    custom_details: detailsOf(message),
  });
}

/** A drill is nothing that anybody has to get up for. */
function severityOf({ drill, data: { severity } }: MigrationEvent): Payload['severity'] {
  if (drill) return 'info';
  return severity === 'failure' ? 'critical' : 'error';
}

/** PagerDuty refuses texts without a character. */
function named(text = '', max: number = LIMITS.name): string | undefined {
  const name = cut(text, max, lengthOf);
  return name === '' ? undefined : name;
}

function linksOf({ console, sections }: Message): Link[] {
  const sources = sections.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return [...(console === undefined ? [] : [console]), ...sources].slice(0, LIMITS.sections);
}

function detailsOf({ facts, sections, footer }: Message): Record<string, string> {
  return Object.fromEntries([
    ...facts.map(([label, value]) => [label, cut(value, LIMITS.value, lengthOf)]),
    ...sections
      .slice(0, LIMITS.sections)
      .map(({ heading, lines }, place) => [
        heading ?? `Details ${place + 1}`,
        withinRoom(lines, LIMITS.section).join('\n'),
      ]),
    ['Event', cut(footer.join(' · '), LIMITS.value, lengthOf)],
  ]);
}
