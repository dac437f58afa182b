/** Writes the JSON Schemas of events, against which receivers can validate. */
import * as z from 'zod/mini';
import { defined } from '../lib/base/defined.ts';
import type { EventType } from '../lib/events/event.ts';
import { EVENT_KINDS, type EventKind } from '../lib/events/kinds.ts';
import { optional } from '../lib/events/schema/words.ts';
import { DATA, ENVELOPE } from '../lib/events/schema.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of one type of event, as it is sent. */
export function eventJsonSchema(type: EventType): Json {
  const { when, eitherOf } = EVENT_KINDS[type];
  const data = dataOf(EVENT_KINDS[type]);
  const event = z.object({ ...envelopeOf(type), data });
  const {
    '~standard': _methods,
    $schema,
    ...schema
  } = z.toJSONSchema(event, {
    override({ zodSchema, jsonSchema }) {
      relax(jsonSchema);
      if (zodSchema !== data || eitherOf === undefined) return;
      jsonSchema.oneOf = eitherOf.map((field) => ({ properties: { [field]: true }, required: [field] }));
    },
  });
  return { $schema, title: type, description: `${when[0]?.toUpperCase()}${when.slice(1)}.`, ...schema };
}

function envelopeOf(type: EventType): Readonly<Record<string, z.ZodMiniType>> {
  const { phase, expirytime, drill, ...always } = ENVELOPE;
  const { severities, holds } = EVENT_KINDS[type];
  return defined({
    ...always,
    type: z.literal(type).check(z.describe('The type of the event.')),
    severity: z
      .enum(severities)
      .check(z.describe('The same as in data, for brokers that filter by attributes.')),
    phase: holds.includes('to') || holds.includes('standing') ? phase : undefined,
    expirytime: holds.includes('validUntil') ? expirytime : undefined,
    drill: optional(drill),
  });
}

function dataOf({ severities, holds, mayHold = [], eitherOf = [], narrowed }: EventKind): z.ZodMiniObject {
  const all = { ...DATA, ...narrowed };
  const must = holds.map((field) => [field, all[field]]);
  const may = [...mayHold, ...eitherOf].map((field) => [field, optional(all[field])]);
  return z
    .object({
      ...Object.fromEntries([...must, ...may]),
      severity: z
        .enum(severities)
        .check(z.describe('Severity of the event; action means that somebody should act.')),
      number: DATA.number,
      summary: DATA.summary,
      consoleUrl: optional(DATA.consoleUrl),
    })
    .check(z.describe('The details of the event.'));
}

/** Receivers ignore fields that they do not know. A format makes its pattern redundant, and the bounds of safe integers tell nothing. */
function relax(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.properties !== undefined) schema.additionalProperties = true;
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.additionalProperties !== true) delete schema.propertyNames;
}
