import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import * as z from 'zod/mini';

// Its entry for modules does not load in Node, the bundle does.
const { AdaptiveCard, SerializationContext, Versions }: typeof import('adaptivecards') = createRequire(
  import.meta.url,
)('adaptivecards/dist/adaptivecards.js');

const run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().check(z.minLength(1)),
  weight: z.optional(z.literal('Bolder')),
  size: z.optional(z.enum(['Medium', 'Small'])),
  isSubtle: z.optional(z.literal(true)),
});
const richText = z.strictObject({
  type: z.literal('RichTextBlock'),
  spacing: z.optional(z.enum(['Small', 'Medium'])),
  inlines: z.tuple([run]),
});
const column = z.strictObject({ type: z.literal('Column'), width: z.number(), items: z.tuple([richText]) });
const element = z.union([
  richText,
  z.strictObject({ type: z.literal('TextBlock'), text: z.string(), wrap: z.literal(true) }),
  z.strictObject({
    type: z.literal('Container'),
    style: z.enum(['good', 'warning', 'attention', 'emphasis']),
    bleed: z.literal(true),
    items: z.tuple([richText]),
  }),
  z.strictObject({
    type: z.literal('ColumnSet'),
    spacing: z.literal('Small'),
    columns: z.tuple([column, column]),
  }),
]);
const entity = z.strictObject({
  type: z.literal('mention'),
  text: z.string(),
  mentioned: z.strictObject({ id: z.string(), name: z.string() }),
});
const card = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.literal('1.4'),
  body: z.array(element).check(z.minLength(1)),
  actions: z.optional(
    z
      .array(
        z.strictObject({
          type: z.literal('Action.OpenUrl'),
          title: z.string().check(z.minLength(1)),
          url: z.string().check(z.regex(/^https:\/\/[\x21-\x7e]+$/)),
        }),
      )
      .check(z.minLength(1), z.maxLength(5)),
  ),
  msteams: z.strictObject({
    width: z.literal('Full'),
    entities: z.optional(z.array(entity).check(z.minLength(1))),
  }),
});
const message = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: card,
    }),
  ]),
});

export type Card = z.output<typeof card>;

/** The card of a request, in the form that Teams documents. @throws otherwise */
export function cardIn(body: string): Card {
  return message.parse(JSON.parse(body)).attachments[0].content;
}

/** The complaints of Microsoft's own reader of cards: unknown elements, wrong values, what is missing. */
export function complaintsAbout(content: Record<string, unknown>): string[] {
  const context = new SerializationContext(Versions.v1_4);
  const read = new AdaptiveCard();
  read.parse(content, context);
  const events = Array.from({ length: context.eventCount }, (_, place) => context.getEventAt(place));
  return [...events, ...read.validateProperties().validationEvents].map(({ message: words }) => words);
}

/** Foreign text in the one element that reads markup would be a link or a mention. */
export function assertGoodCard(body: string): void {
  assert.ok(Buffer.byteLength(body) <= 20_000, 'is larger than 20 KB');
  assert.ok(body.isWellFormed());
  const content = cardIn(body);
  const complaints = complaintsAbout(content);
  assert.deepEqual(complaints, []);
  const calls = content.msteams.entities?.map(({ text }) => text).join(' ');
  const blocks = content.body.filter(({ type }) => type === 'TextBlock');
  assert.deepEqual(blocks, calls === undefined ? [] : [{ type: 'TextBlock', text: calls, wrap: true }]);
}
