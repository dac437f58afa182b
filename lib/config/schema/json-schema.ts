import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import { isObject } from '../../base/json.ts';
import type { FileSchema } from './file.ts';

type Json = unknown;

/** The JSON Schema for editors: the schema of the file before references are filled. */
export function configJsonSchema(fileSchema: FileSchema): Json {
  const { '~standard': _methods, $schema, ...schema } = z.toJSONSchema(fileSchema, { io: 'input' });
  const title = 'The configuration of dcs-migration-watch';
  return { $schema, title, ...withReferences(schema), patternProperties: { '^x-': {} } };
}

/** The JSON Schema of a text with at least one `${`. */
const REFERENCE = { type: 'string', pattern: '\\$\\{' } as const;
const NARROWING = ['pattern', 'enum', 'format', 'minLength', 'maxLength'] as const;

/** Allows a reference in every narrowed text, because an editor does not know its value. */
function withReferences(schema: Json): { [key: string]: Json } {
  if (!isObject(schema)) return {};
  const {
    description,
    default: usual,
    ...rest
  } = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, inside(keyword, value)]));
  const about = defined({ description, default: usual });
  const narrowed = rest['type'] === 'string' && NARROWING.some((keyword) => keyword in rest);
  return narrowed ? { ...about, anyOf: [rest, REFERENCE] } : { ...about, ...rest };
}

/** Applies {@link withReferences} inside keywords with schemas, except `propertyNames`, since keys are never filled. */
function inside(keyword: string, value: Json): Json {
  switch (keyword) {
    case 'properties':
    case '$defs':
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, withReferences(schema)]))
        : value;
    case 'items':
    case 'additionalProperties':
      return isObject(value) ? withReferences(value) : value;
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return Array.isArray(value) ? value.map(withReferences) : value;
    default:
      return value;
  }
}
