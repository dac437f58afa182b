import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlackMessage } from '../../lib/channels/slack-blocks.ts';
import { digestMessage } from '../../lib/channels/slack-digest.ts';
import { eventMessage } from '../../lib/channels/slack-message.ts';
import { EVENT_TYPES, type EventData, type MigrationEvent, SEVERITIES } from '../../lib/migration/event.ts';
import { PHASES } from '../../lib/migration/status.ts';
import { eventOf, TASK } from './support.ts';

const MENTION = '<!subteam^S012>';

/** Everything that breaks things, in any mixture: markup, entities, control characters, halves of emoji, great length. */
const nasty = fc.oneof(
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
/** What a number of the service can be, once it is read. */
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
      fc.array(member, { maxLength: 20 }),
      member.map((one) => Array.from({ length: 3000 }, () => one)),
    ),
    retracts: fc.record({ type: fc.constantFrom(...EVENT_TYPES), id: nasty, reason: nasty }),
  },
  { requiredKeys: ['name', 'size', 'projects', 'members'] },
);
const link = fc.oneof(
  nasty,
  nasty.map((text) => `https://c.example/?${text}`),
);
const data: fc.Arbitrary<EventData> = fc.record(
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
/** What one look may have noticed, and more. */
const event = fc
  .tuple(data, fc.constantFrom(...EVENT_TYPES), fc.nat())
  .map(([said, type, sequence]) => eventOf(said, type, sequence));
const events: fc.Arbitrary<readonly [MigrationEvent, ...MigrationEvent[]]> = fc
  .tuple(event, fc.array(event, { maxLength: 12 }))
  .map(([first, others]) => [first, ...others]);

interface Text {
  readonly type: string;
  readonly text: string;
}

/** Every text object of a message. */
function texts({ blocks = [] }: SlackMessage): Text[] {
  return blocks.flatMap((block): readonly Text[] => {
    if (block.type === 'context') return block.elements;
    return 'fields' in block ? block.fields : [block.text];
  });
}

function expectWithinLimits(message: SlackMessage): void {
  const { blocks = [], text } = message;
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(text.length).toBeGreaterThan(0);
  for (const block of blocks) {
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
    if (block.type === 'section' && 'fields' in block) {
      expect(block.fields.length).toBeLessThanOrEqual(10);
      for (const field of block.fields) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
    if (block.type === 'context') expect(block.elements.length).toBeLessThanOrEqual(10);
  }
  for (const { text: shown } of texts(message)) {
    expect(shown.length).toBeLessThanOrEqual(3000);
    expect(shown.length).toBeGreaterThan(0);
  }
}

/** A `&` that begins no entity, or an angle bracket: what Slack would read as its own. */
const CONTROL = /[<>]|&(?!(?:amp|lt|gt);)/;
const LINK = /^<https:[^<>|]*\|(?:console|documentation)>$/;

function expectHarmless(message: SlackMessage): void {
  expect(JSON.stringify(message).isWellFormed()).toBe(true);
  const [first = '', ...lines] = message.text.split('\n');
  for (const line of first === MENTION ? lines : [first, ...lines]) expect(line).not.toMatch(CONTROL);
  for (const { type, text } of texts(message)) {
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
    if (type === 'plain_text') expect(text).not.toMatch(CONTROL);
    else expect(text === MENTION || LINK.test(text)).toBe(true);
  }
}

const isFailure = ({ data: { severity } }: MigrationEvent) => severity === 'failure';

describe('whatever the events of one look say, their Slack message', () => {
  test('is within all limits, and nothing in it but the mention is more than text', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.option(fc.nat()), async (told, lateMs) => {
        const message = eventMessage(told, lateMs === null ? {} : { lateMs }, MENTION);
        expectWithinLimits(message);
        expectHarmless(message);
        expect(JSON.stringify(message).includes(MENTION)).toBe(told.some(isFailure));
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for the same events', () => {
    fc.assert(
      fc.property(events, (told) => {
        expect(eventMessage(told, {}, undefined)).toEqual(eventMessage(told, {}, undefined));
      }),
      { numRuns: 50 },
    );
  });
});

describe('however many events are told together, their Slack message', () => {
  test('is within all limits and harmless', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(1, 20), (some, times) => {
        const [first] = some;
        const others = Array.from({ length: times }, () => some).flat();
        const message = digestMessage([first, ...others], {}, MENTION);
        expectWithinLimits(message);
        expectHarmless(message);
        expect(JSON.stringify(message).includes(MENTION)).toBe(some.some(isFailure));
      }),
      { numRuns: 100 },
    );
  });

  test('is so, too, when all of them are first sights', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 20), (all, times) => {
        const sights = Array.from({ length: times }, () => all)
          .flat()
          .map((said, index) => {
            const named = { ...said, task: { ...TASK, ...said.task, id: `task-${index}` } };
            return eventOf(named, 'dcs.migration.first_seen');
          });
        const [first = eventOf(), ...others] = sights;
        const message = digestMessage([first, ...others], {}, undefined);
        expectWithinLimits(message);
        expectHarmless(message);
      }),
      { numRuns: 60 },
    );
  });
});
