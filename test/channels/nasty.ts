import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { SlackMessage } from '../../lib/channels/slack-blocks.ts';
import { type EventData, SEVERITIES } from '../../lib/migration/event.ts';
import { PHASES } from '../../lib/migration/status.ts';
import { TASK } from './support.ts';

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
/** What an event says, of any nasty text. */
export const nastyData: fc.Arbitrary<EventData> = fc.record(
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

/** Throws unless Slack takes a message of this size. */
export function assertWithinLimits(message: SlackMessage): void {
  const { blocks = [], text } = message;
  assert.ok(blocks.length > 0);
  assert.ok(blocks.length <= 50);
  assert.ok(text.length <= 3000);
  assert.ok(text.length > 0);
  for (const block of blocks) {
    if (block.type === 'header') assert.ok(block.text.text.length <= 150);
    if (block.type === 'section' && 'fields' in block) {
      assert.ok(block.fields.length <= 10);
      for (const field of block.fields) assert.ok(field.text.length <= 2000);
    }
    if (block.type === 'context') assert.ok(block.elements.length <= 10);
  }
  for (const { text: shown } of texts(message)) {
    assert.ok(shown.length <= 3000);
    assert.ok(shown.length > 0);
  }
}

/** A `&` that begins no entity, or an angle bracket: what Slack would read as its own. */
const CONTROL = /[<>]|&(?!(?:amp|lt|gt);)/;
const LINK = /^<https:[^<>|]*\|(?:console|documentation)>$/;

/** Throws if anything in a message but the mention is more than text. */
export function assertHarmless(message: SlackMessage): void {
  assert.ok(JSON.stringify(message).isWellFormed());
  const [first = '', ...lines] = message.text.split('\n');
  for (const line of first === MENTION ? lines : [first, ...lines]) assert.doesNotMatch(line, CONTROL);
  for (const { type, text } of texts(message)) {
    assert.ok(text.isWellFormed());
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
    if (type === 'plain_text') assert.doesNotMatch(text, CONTROL);
    else assert.ok(text === MENTION || LINK.test(text));
  }
}
