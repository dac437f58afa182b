import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as z from 'zod/mini';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';

/** As our own clock writes it. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': DATE_TIME } });

const schemaSchema = z.record(z.string(), z.unknown());
export type JsonSchema = z.output<typeof schemaSchema>;

/** The schema of a type of event, as it is published. */
export function publishedSchema(type: string): JsonSchema {
  const file = new URL(`../../schemas/${type}.json`, import.meta.url);
  return schemaSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The same without room for anything that it does not describe. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return inside['type'] === 'object' && 'properties' in inside
    ? { ...inside, additionalProperties: false }
    : inside;
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(type: string): ValidateFunction {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const made = ajv.compile(schemaSchema.parse(closed(publishedSchema(type))));
  validators.set(type, made);
  return made;
}

const TYPED = z.object({ type: z.enum(EVENT_TYPES) });

/** What is wrong with an event that was sent: what its published schema does not allow, or does not describe. */
export function problemsOf(event: unknown): readonly string[] {
  const typed = TYPED.safeParse(event);
  if (!typed.success) return ['an event of no known type'];
  const validate = validatorOf(typed.data.type);
  if (validate(event)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${typed.data.type}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** For events that never leave as text: they are read as a receiver reads them. @throws {Error} with all problems */
export function mustBeDescribed(events: readonly object[]): void {
  const problems = events.flatMap((event) => problemsOf(JSON.parse(JSON.stringify(event))));
  if (problems.length > 0) throw new Error(`not as schemas/ describes it:\n${problems.join('\n')}`);
}
