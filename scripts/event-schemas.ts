/** Writes the JSON Schemas of events, against which receivers can validate. */
import * as z from 'zod/mini';
import { describedEvent } from '../lib/events/catalogue/described.ts';
import type { EventType } from '../lib/events/event.ts';
import { EVENT_KINDS } from '../lib/events/kinds.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of one type of event, as it is sent. */
export function eventJsonSchema(type: EventType): Json {
  const { when, eitherOf } = EVENT_KINDS[type];
  const { event, data } = describedEvent(type);
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

/** Receivers ignore fields that they do not know. A format makes its pattern redundant, and the bounds of safe integers say nothing. */
function relax(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.properties !== undefined) schema.additionalProperties = true;
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.additionalProperties !== true) delete schema.propertyNames;
}
