import { defined } from '../../lib/base/defined.ts';
import { type Explanation, phrase } from '../../lib/base/explanation.ts';
import type { Answer, EventFacts, MigrationEvent } from '../../lib/events/event.ts';
import { WATCHER_SOURCE, WATCHER_SUBJECT } from '../../lib/events/source.ts';
import type { Hint } from '../../lib/language/en/explanations/hints.ts';
import { en } from '../../lib/language/en.ts';
import type { Message } from '../../lib/messages/message.ts';
import { eventOf, TASK } from '../channels/support.ts';
import { TIMELINES } from '../migration/timelines/fixture.ts';
import { replay } from '../migration/timelines/replay.ts';
import { STORIES } from '../support/stories.ts';

export const AT = '2026-01-05T00:10:00.000Z';

/** A channel that is broken since an answer with this status. */
function brokenBy(name: string, status: string, hint: Hint): NonNullable<EventFacts['channels']>[number] {
  const explanation: Explanation = { status, what: [phrase(hint)] };
  return { name, reason: en.prose.explanation(explanation) ?? '', explanation, since: AT };
}

/** An event about the watcher itself, as the product makes it. */
function brokenEvent(facts: EventFacts): MigrationEvent {
  const summary = en.summarise('dcs.watch.channel_broken', facts) ?? '';
  const event = eventOf({ ...facts, summary }, 'dcs.watch.channel_broken');
  return { ...event, source: WATCHER_SOURCE, subject: WATCHER_SUBJECT };
}

const OPS = brokenBy('ops', 'HTTP 410', 'receiver_gone');
const BROKEN = brokenEvent({
  severity: 'action',
  channel: OPS,
  channels: [OPS, brokenBy('dba', 'HTTP 404', 'check_url')],
});

/** Every event of the timelines and the stories, and one about channels. */
export const RECORDED: readonly (readonly [string, readonly MigrationEvent[]])[] = [
  ...TIMELINES.map((timeline) => [timeline.file, replay(timeline).events.map(({ event }) => event)] as const),
  ...Object.entries(STORIES).map(([name, chapters]) => [name, chapters.flat()] as const),
  ['broken channels', [BROKEN]],
];

/** An event as a store gives it back. */
export function reread(event: MigrationEvent): MigrationEvent {
  return JSON.parse(JSON.stringify(event));
}

const length = (text: string) => text.length;

/** A task that DCS refuses to tell of, with an answer as the real client reads it. */
export function refusedWith(answer: Answer): MigrationEvent {
  const facts = { severity: 'action', task: TASK, reason: 'refused', looks: 3, answer } as const;
  const summary = `${TASK.name}: ${en.summarise('dcs.watch.failing', facts)}`;
  return eventOf({ ...facts, detail: en.prose.answer(answer), summary }, 'dcs.watch.failing');
}

/** So many broken channels; again, where there was a reminder. */
export function brokenChannels(count: number, reminders?: number): MigrationEvent {
  const explanation: Explanation = { status: 'HTTP 410', what: [phrase('receiver_gone')] };
  const reason = en.prose.explanation(explanation) ?? '';
  const channels = Array.from({ length: count }, (_, index) => ({
    name: `ops-${index}`,
    reason,
    explanation,
    since: AT,
  }));
  const facts: EventFacts = defined({
    severity: 'action' as const,
    channels,
    channel: channels[0],
    reminders,
  });
  return brokenEvent(facts);
}

/** A channel that is broken for this reason. */
export function brokenBecause(explanation: Explanation): MigrationEvent {
  const reason = en.prose.explanation(explanation) ?? '';
  const channel = { name: 'ops', reason, explanation };
  const facts: EventFacts = { severity: 'action', channel, channels: [{ ...channel, since: AT }] };
  return brokenEvent(facts);
}

/** The names in a reason; without codes, all of it. */
function namesIn({ reason, explanation }: Reasoned): (string | undefined)[] {
  if (explanation === undefined) return [reason];
  const { at, status, what = [], word, proxy, advice = [] } = explanation;
  return [at, status, word, proxy, ...[...what, ...advice].flatMap(({ values = [] }) => values)];
}

interface Reasoned {
  readonly reason?: string;
  readonly explanation?: Explanation;
}

/** A channel without limits. */
export const ROOM = { most: 1e6, measure: length, frame: () => 0, lengthOf: length };

/** Everything in a message that people read. */
export function textsOf(message: Message): string[] {
  const { title, facts, sections, list, footer, moment, console } = message;
  return [
    title.mark,
    title.name ?? '',
    title.text,
    ...facts.map(([label]) => label),
    ...facts.map(([, value]) => value),
    ...sections.flatMap(({ heading = '', lines }) => [heading, ...lines]),
    ...(list === undefined ? [] : [...list.lines, list.counts]),
    ...footer,
    moment?.readersTime ?? '',
    console?.label ?? '',
    ...sections.map(({ source }) => source?.label ?? ''),
  ];
}

/** Names, ids, addresses and statuses of an event, and the words of DCS and of channels: they are the same in all languages. */
export function dataOf({ id, subject, data }: MigrationEvent): string[] {
  const { task, project, group, from, to, standing, dossier, readiness, switchStatus } = data;
  const { detail, answer, channel, channels = [] } = data;
  const reasons = [channel ?? {}, ...channels, { explanation: answer?.explanation ?? {} }];
  const errors = [dossier?.errorMessage, ...(dossier?.log ?? []).flatMap(({ at, message }) => [at, message])];
  const members = (group?.members ?? []).flatMap((member) => [member.name, member.project]);
  return [
    ...[id, subject, task?.name, task?.project, task?.region, project?.name, project?.region, group?.name],
    ...[task?.source?.name, task?.source?.address, task?.target?.name, task?.target?.address],
    ...[from?.status, to?.status, standing?.status, switchStatus, readiness?.because?.status],
    ...[readiness?.retracts, group?.retracts?.id, channel?.name],
    ...channels.map(({ name }) => name),
    ...reasons.flatMap(namesIn),
    ...(data.looks === undefined && data.call === undefined && data.reminders === undefined ? [] : [detail]),
    ...members,
    ...errors,
  ].flatMap((text) => (text === undefined || text === '' ? [] : [text]));
}
