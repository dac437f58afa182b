import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestMessage } from '../../lib/channels/slack-digest.ts';
import { eventMessage, type SlackMessage } from '../../lib/channels/slack-message.ts';
import { type EventData, SEVERITIES } from '../../lib/migration/event.ts';
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
const standing = fc.record({
  status: nasty,
  phase: fc.constantFrom(...PHASES),
  since: fc.constant('2026-01-05T02:12:00.000Z'),
});
const end = fc.record({ name: nasty, address: nasty }, { requiredKeys: [] });
const task = fc
  .record({ name: nasty, project: nasty, region: nasty, source: end, target: end })
  .map((part) => ({ ...TASK, ...part }));
const data: fc.Arbitrary<EventData> = fc.record(
  {
    task,
    project: fc.record({ id: nasty, name: nasty, region: nasty, tasks: fc.nat() }),
    from: standing,
    to: standing,
    reason: fc.constantFrom('not found', 'throttled'),
    detail: nasty,
    severity: fc.constantFrom(...SEVERITIES),
    summary: nasty,
    consoleUrl: fc.oneof(
      nasty,
      nasty.map((text) => `https://c.example/?${text}`),
    ),
  },
  { requiredKeys: ['severity', 'summary', 'consoleUrl'] },
);

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
const LINK = /^<https:[^<>|]*\|console>$/;

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

describe('whatever an event says, its Slack message', () => {
  test('is within all limits, and nothing in it but the mention is more than text', async () => {
    await fc.assert(
      fc.asyncProperty(data, fc.option(fc.nat()), async (said, lateMs) => {
        const message = eventMessage(eventOf(said), lateMs === null ? {} : { lateMs }, MENTION);
        expectWithinLimits(message);
        expectHarmless(message);
        expect(JSON.stringify(message).includes(MENTION)).toBe(said.severity === 'failure');
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for the same event', () => {
    fc.assert(
      fc.property(data, (said) => {
        expect(eventMessage(eventOf(said), {}, undefined)).toEqual(
          eventMessage(eventOf(said), {}, undefined),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('however many tasks are first seen, their Slack message', () => {
  test('is within all limits and harmless', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 20), (all, times) => {
        const events = Array.from({ length: times }, () =>
          all.map((said) => eventOf(said, 'dcs.migration.first_seen')),
        ).flat();
        const [first = eventOf(), ...others] = events;
        const message = digestMessage([first, ...others], {}, undefined);
        expectWithinLimits(message);
        expectHarmless(message);
      }),
      { numRuns: 60 },
    );
  });
});
