import * as fc from 'fast-check';
import type { SlackMessage } from '../../../lib/channels/block-kit/blocks.ts';
import { shown, unescaped } from '../../../lib/channels/block-kit/text.ts';
import { isMentioned } from '../../../lib/channels/chat/mention.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { jsonLine, textLine } from '../../../lib/telemetry/describe.ts';
import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { digestPayload, lookPayload } from '../../channels/block-kit/payload.ts';
import {
  assertHarmless,
  assertWithinLimits,
  MENTION,
  nasty,
  nastyData,
  nastyEvents,
} from '../../channels/nasty.ts';
import { eventOf, TASK } from '../../channels/support.ts';
import type { Border } from './border.ts';

/** Foreign text as Slack shows it: within its bounds, and nothing but text. */
export const SHOWN: Border<readonly [text: string, max: number], string> = {
  name: 'Slack text',
  inputs: fc.tuple(nasty, fc.integer({ min: 8, max: 3000 })),
  read: ([text, max]) => shown(text, max),
  classify(line, [, max]) {
    if (line.length > max) throw new Error('out of bounds');
    if (!line.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(line))
      throw new Error('not one well-formed line');
    if (/[<>]|&(?!(?:amp|lt|gt);)/.test(line)) throw new Error('more than text');
    if (line === '') return 'nothing';
    return unescaped(line).endsWith('…') ? 'cut' : 'whole';
  },
  kinds: { nothing: 0.01, cut: 0.05, whole: 0.2 },
};

type Events = readonly [MigrationEvent, ...MigrationEvent[]];

interface Message {
  readonly events: Events;
  /** Together in one message with those of other looks, so many times as many. */
  readonly times: number;
  readonly lateMs: number;
}

/** The events of a first tick: many tasks first seen. */
const firstSeen = fc.array(nastyData, { minLength: 1, maxLength: 20 }).map((all): Events => {
  const [first = eventOf(), ...more] = all.map((data, index) =>
    eventOf({ ...data, task: { ...TASK, ...data.task, id: `task-${index}` } }, 'dcs.migration.first_seen'),
  );
  return [first, ...more];
});

/** A message to Slack about what one look noticed, or a digest of many. */
export const SLACK: Border<Message, SlackMessage> = {
  name: 'Slack message',
  inputs: fc.record({
    events: fc.oneof({ weight: 4, arbitrary: nastyEvents }, { weight: 1, arbitrary: firstSeen }),
    times: fc.constantFrom(0, 0, 1, 20),
    lateMs: fc.nat(),
  }),
  read({ events, times, lateMs }) {
    const late = { now: new Date(lateMs), ...(lateMs % 2 === 1 && { lateMs }) };
    const mention = isMentioned(events) ? MENTION : undefined;
    if (times === 0) return lookPayload(events, late, mention);
    const [first] = events;
    const others = Array.from({ length: times }, () => events).flat();
    return digestPayload([first, ...others], late, mention);
  },
  classify(message, { events, times }) {
    assertWithinLimits(message);
    assertHarmless(message);
    const failed = events.some(({ data: { severity } }) => severity === 'failure');
    if (JSON.stringify(message).includes(MENTION) !== failed)
      throw new Error('a mention where there is none');
    return times === 0 ? 'event' : 'digest';
  },
  kinds: { event: 0.2, digest: 0.2 },
  share: 0.1,
};

const ms = fc.nat();
const entries: fc.Arbitrary<LogEntry> = fc.oneof(
  fc.record({ kind: fc.constantFrom('notice' as const, 'problem' as const), message: nasty }),
  nastyData.map((data): LogEntry => ({ kind: 'event', event: eventOf(data) })),
  fc.record({
    kind: fc.constant('look_failed' as const),
    project: nasty,
    taskId: nasty,
    reason: fc.constantFrom('not found' as const, 'throttled' as const),
    detail: nasty,
    requestId: nasty,
  }),
  fc.record({
    kind: fc.constant('delivery' as const),
    channel: nasty,
    eventIds: fc.array(nasty, { minLength: 1, maxLength: 3 }),
    outcome: fc.constantFrom('delivered' as const, 'permanent' as const, 'transient' as const),
    reason: nasty,
    ms,
  }),
);
const NOW = new Date('2026-01-05T02:12:00.000Z');
/** Longer than any line of ours without what is foreign in it. */
const OURS = 1000;

/** What is logged, as text and as JSON: one line each, whatever is in it, and not much longer than what is in it. */
export const LINE: Border<LogEntry, { readonly text: string; readonly json: string }> = {
  name: 'log line',
  inputs: entries,
  read: (entry) => ({ text: textLine(entry, NOW), json: jsonLine(entry, NOW) }),
  classify({ text, json }, entry) {
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) throw new Error('not one line of text');
    if (/[\r\n]/.test(json)) throw new Error('not one line of JSON');
    const { message, kind }: Record<string, unknown> = JSON.parse(json);
    if (kind !== entry.kind || typeof message !== 'string' || !text.endsWith(message))
      throw new Error('text and JSON say different things');
    if (text.length + json.length > 4 * JSON.stringify(entry).length + OURS) throw new Error('out of bounds');
    return entry.kind;
  },
  kinds: { notice: 0.05, problem: 0.05, event: 0.1, look_failed: 0.1, delivery: 0.1 },
  share: 0.2,
};
