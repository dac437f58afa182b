import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Block, SlackMessage } from '../../lib/channels/block-kit/blocks.ts';
import type { EventData, MigrationEvent } from '../../lib/events/event.ts';
import { PHASES, SEVERITIES } from '../../lib/events/phase.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { eventOf, TASK } from './support.ts';

export const MENTION = '<!subteam^S012>';

/** Everything that breaks things, in any mixture: markup, entities, control characters, halves of emoji, great length. */
export const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom(
      '<!',
      '<@',
      '<',
      '>',
      '&',
      '|',
      '*',
      '`',
      '\n',
      '\u202e',
      '\ud83d',
      '\ude00',
      '😀',
      'a',
      '&lt;',
      '[',
      ']',
      '](https://x.example)',
      ']: https://x.example',
      '_',
      '#',
    ),
    maxLength: 400,
  }),
  fc.constantFrom(
    '<!channel>',
    '<@U012>',
    '😀'.repeat(5000),
    '&'.repeat(5000),
    '',
    `<!here|${'x'.repeat(4000)}>`,
  ),
);
const time = fc.oneof(fc.constantFrom('2026-01-05T02:12:00.000Z', '2026-01-05T04:12:00.000Z'), nasty);
/** Any number of the service, once it is read. */
const figure = fc.oneof(fc.nat(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const phase = fc.constantFrom(...PHASES);
const standing = fc.record(
  { status: nasty, phase, since: time, derived: fc.constant(true) },
  { requiredKeys: ['status', 'phase', 'since'] },
);
const end = fc.record({ name: nasty, address: nasty }, { requiredKeys: [] });
const task = fc
  .record({ name: nasty, project: nasty, region: nasty, source: end, target: end })
  .map((part) => ({ ...TASK, ...part }));
const keys = { sourceKeys: figure, targetKeys: figure };
const progress = fc.record(
  {
    percent: figure,
    mark: figure,
    percentPerHour: figure,
    secondsLeft: figure,
    ...keys,
    inputKbps: figure,
    opsPerSecond: figure,
  },
  { requiredKeys: ['percent', 'mark'] },
);
const readiness = fc.record(
  {
    offset: figure,
    maxOffset: figure,
    ...keys,
    keyGapPercent: figure,
    maxKeyGapPercent: figure,
    looks: figure,
    reason: nasty,
    retracts: nasty,
  },
  { requiredKeys: ['maxOffset', 'maxKeyGapPercent', 'looks'] },
);
const stall = fc.record(
  {
    kind: fc.constantFrom('no progress', 'lag grows'),
    since: time,
    percent: figure,
    targetKeys: figure,
    offset: figure,
    inputKbps: figure,
  },
  { requiredKeys: ['kind', 'since'] },
);
const dossier = fc.record(
  {
    errorMessage: nasty,
    log: fc.array(fc.record({ at: nasty, message: nasty }, { requiredKeys: ['message'] }), {
      maxLength: 40,
      size: 'max',
    }),
    advice: fc.record({
      cause: nasty,
      text: nasty,
      source: fc.oneof(
        nasty,
        nasty.map((text) => `https://d.example/?${text}`),
      ),
    }),
    unknown: fc.array(nasty, { maxLength: 20 }),
  },
  { requiredKeys: ['log', 'unknown'] },
);
const report = fc.record(
  {
    watchedSince: time,
    phases: fc.array(fc.record({ phase, seconds: figure }), { maxLength: 13 }),
    peakOffset: figure,
    resynchronisations: figure,
    told: fc.array(fc.record({ type: nasty, at: time }), { maxLength: 60, size: 'max' }),
  },
  { requiredKeys: ['watchedSince', 'phases', 'resynchronisations', 'told'] },
);
const member = fc.record({ id: nasty, name: nasty, project: nasty, phase, ready: fc.boolean() });
const group = fc.record(
  {
    name: nasty,
    size: fc.nat(),
    projects: fc.array(nasty, { maxLength: 5 }),
    members: fc.oneof(
      { weight: 49, arbitrary: fc.array(member, { maxLength: 20 }) },
      { weight: 1, arbitrary: member.map((one) => Array.from({ length: 3000 }, () => one)) },
    ),
    retracts: fc.record({ type: fc.constantFrom(...EVENT_TYPES), id: nasty, reason: nasty }),
  },
  { requiredKeys: ['name', 'size', 'projects', 'members'] },
);
const link = fc.oneof(
  nasty,
  nasty.map((text) => `https://c.example/?${text}`),
);
/** Data of an event, of any nasty text. */
export const nastyData: fc.Arbitrary<EventData> = fc.record(
  {
    task,
    project: fc.record({ id: nasty, name: nasty, region: nasty, tasks: fc.nat() }),
    group,
    channel: fc.record({ name: nasty, reason: nasty }),
    from: standing,
    to: standing,
    standing,
    notObserved: fc.record({ phases: fc.array(phase, { maxLength: 13 }), after: time, before: time }),
    unchecked: nasty,
    progress,
    readiness,
    stall,
    resynchronisations: figure,
    reminders: figure,
    dossier,
    report,
    validUntil: time,
    sequence: nasty,
    reason: fc.constantFrom('not found', 'throttled'),
    detail: nasty,
    severity: fc.constantFrom(...SEVERITIES),
    summary: nasty,
    consoleUrl: link,
  },
  { requiredKeys: ['severity', 'summary', 'consoleUrl'] },
);
const event = fc
  .tuple(nastyData, fc.constantFrom(...EVENT_TYPES), fc.nat())
  .map(([data, type, sequence]) => eventOf(data, type, sequence));
/** Events that one look may detect, and more. */
export const nastyEvents: fc.Arbitrary<readonly [MigrationEvent, ...MigrationEvent[]]> = fc
  .tuple(event, fc.array(event, { maxLength: 12 }))
  .map(([first, others]) => [first, ...others]);

interface Text {
  readonly type: string;
  readonly text: string;
}

/** Above the bar and beside it. */
export function blocksOf({ blocks = [], attachments }: SlackMessage): readonly Block[] {
  return [...blocks, ...(attachments ?? []).flatMap((attachment) => attachment.blocks)];
}

/** Every text object of a message. */
function texts(message: SlackMessage): Text[] {
  return blocksOf(message).flatMap((block): readonly Text[] => {
    if (block.type === 'context') return block.elements;
    return block.type === 'rich_text' ? richTexts(block) : [block.text];
  });
}

/** Texts of a rich text; a moment stands for its format and its fallback. */
function richTexts({ elements: [{ elements }] }: Extract<Block, { type: 'rich_text' }>): readonly Text[] {
  return elements.flatMap((element): Text[] =>
    element.type === 'text'
      ? [element]
      : [element.format, element.fallback].map((text) => ({ type: element.type, text })),
  );
}

/** Throws unless Slack takes a message of this size. */
export function assertWithinLimits(message: SlackMessage): void {
  const { text, attachments = [] } = message;
  const blocks = blocksOf(message);
  assert.ok(message.blocks !== undefined && message.blocks.length > 0);
  for (const { color } of attachments) assert.match(color, /^#[0-9A-F]{6}$/);
  assert.ok(blocks.length <= 50);
  assert.ok(JSON.stringify(blocks).length <= 12_000);
  assert.ok(text.length <= 3000);
  assert.ok(text.length > 0);
  for (const block of blocks) {
    if (block.type === 'header') assert.ok(block.text.text.length <= 150);
    if (block.type === 'context') assert.ok(block.elements.length <= 10);
  }
  for (const { text: shown } of texts(message)) {
    assert.ok(shown.length <= 3000);
    assert.ok(shown.length > 0);
  }
}

/** A `&` that begins no entity, or an angle bracket: what Slack would read as its own. */
const CONTROL = /[<>]|&(?!(?:amp|lt|gt);)/;
const LINK = /^<https:[^<>|]*\|(?:console|documentation|控制台|文档)>$/;
const MOMENT = /^<!date\^\d+\^(?:your time:|当地时间) {date_short_pretty} {time}\|[\d:.TZ-]+>$/;
const READERS_TIME = /^ \((?:(?:your time:|当地时间) {date_short_pretty} {time}|[\d:.TZ-]+)\)$/;

/** Throws if anything in a message but the mention is more than text. */
export function assertHarmless(message: SlackMessage): void {
  assert.ok(JSON.stringify(message).isWellFormed());
  const [first = '', ...lines] = message.text.split('\n');
  for (const line of first === MENTION ? lines : [first, ...lines]) assert.doesNotMatch(line, CONTROL);
  for (const { type, text } of texts(message)) {
    assert.ok(text.isWellFormed());
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
    if (type === 'plain_text' || type === 'text') assert.doesNotMatch(text, CONTROL);
    else if (type === 'date') assert.match(text, READERS_TIME);
    else assert.ok(text === MENTION || LINK.test(text) || MOMENT.test(text));
  }
}
