/** Schemas and values alike. */
type Json = unknown;
type Keyword = (argument: Json, value: Json, schema: Readonly<Record<string, Json>>) => boolean;

/**
 * Whether a JSON Schema accepts a value: as much of JSON Schema as the configuration's schema uses. A keyword that is
 * not known here is an error, so nothing is accepted because it was not looked at.
 */
export function accepts(schema: Json, value: Json): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isObject(schema)) throw new TypeError('this is not a schema');
  return Object.entries(schema).every(([name, argument]) => {
    const keyword = KEYWORDS.get(name);
    if (keyword === undefined) throw new TypeError(`the keyword ${name} is not known here`);
    return keyword(argument, value, schema);
  });
}

const always: Keyword = () => true;
const matching = (schemas: Json, value: Json) =>
  list(schemas).filter((schema) => accepts(schema, value)).length;

const KEYWORDS = new Map<string, Keyword>([
  ['$schema', always],
  ['title', always],
  ['description', always],
  ['default', always],
  ['examples', always],
  ['type', (type, value) => (type === 'integer' ? Number.isInteger(value) : typeOf(value) === type)],
  ['const', (wanted, value) => value === wanted],
  ['enum', (words, value) => list(words).includes(value)],
  ['pattern', (pattern, value) => typeof value !== 'string' || new RegExp(String(pattern), 'u').test(value)],
  ['minLength', (least, value) => typeof value !== 'string' || value.length >= Number(least)],
  ['minItems', (least, value) => !Array.isArray(value) || value.length >= Number(least)],
  ['maxItems', (most, value) => !Array.isArray(value) || value.length <= Number(most)],
  ['maximum', (most, value) => typeof value !== 'number' || value <= Number(most)],
  ['minimum', (least, value) => typeof value !== 'number' || value >= Number(least)],
  ['exclusiveMaximum', (above, value) => typeof value !== 'number' || value < Number(above)],
  ['exclusiveMinimum', (below, value) => typeof value !== 'number' || value > Number(below)],
  ['maxProperties', (most, value) => Object.keys(fields(value)).length <= Number(most)],
  ['anyOf', (schemas, value) => matching(schemas, value) > 0],
  ['oneOf', (schemas, value) => matching(schemas, value) === 1],
  ['items', (schema, value) => !Array.isArray(value) || value.every((item) => accepts(schema, item))],
  ['required', (names, value) => list(names).every((name) => String(name) in fields(value))],
  ['propertyNames', (schema, value) => Object.keys(fields(value)).every((name) => accepts(schema, name))],
  ['properties', (schemas, value) => known(schemas, value).every(([schema, item]) => accepts(schema, item))],
  [
    'additionalProperties',
    (schema, value, { properties, patternProperties }) =>
      Object.entries(fields(value)).every(
        ([name, item]) =>
          name in fields(properties) || isPatterned(name, patternProperties) || accepts(schema, item),
      ),
  ],
  [
    'patternProperties',
    (schemas, value) =>
      Object.entries(fields(schemas)).every(([pattern, schema]) =>
        Object.entries(fields(value)).every(
          ([name, item]) => !new RegExp(pattern, 'u').test(name) || accepts(schema, item),
        ),
      ),
  ],
]);

function isPatterned(name: string, patterns: Json): boolean {
  return Object.keys(fields(patterns)).some((pattern) => new RegExp(pattern, 'u').test(name));
}

function known(schemas: Json, value: Json): [schema: Json, item: Json][] {
  const items = fields(value);
  return Object.entries(fields(schemas)).flatMap(([name, schema]) =>
    name in items ? [[schema, items[name]]] : [],
  );
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeOf(value) === 'object';
}

function fields(value: Json): Readonly<Record<string, Json>> {
  return isObject(value) ? value : {};
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
