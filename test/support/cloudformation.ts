import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag, YAMLMap, YAMLSeq } from 'yaml';
import * as z from 'zod/mini';

/** Tags in their long form: `!Ref x` is `{ Ref: x }`. */
const SCALARS = ['Ref', 'Condition', 'Sub', 'GetAtt'];
const LISTS = ['If', 'Equals', 'Not', 'And', 'Or', 'Join', 'FindInMap', 'Select', 'Split', 'Sub', 'GetAtt'];

function longName(name: string): string {
  return name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}

const scalarTags = SCALARS.map(
  (name): ScalarTag => ({
    tag: `!${name}`,
    resolve: (text) => ({ [longName(name)]: name === 'GetAtt' ? text.split('.') : text }),
  }),
);
const listTags = LISTS.map(
  (name): CollectionTag => ({
    tag: `!${name}`,
    collection: 'seq',
    nodeClass: YAMLSeq,
    resolve(sequence) {
      const map = new YAMLMap();
      map.set(longName(name), sequence);
      return map;
    },
  }),
);

const PARAMETER = z.looseObject({ Type: z.string(), Default: z.optional(z.unknown()) });
const RESOURCE = z.looseObject({
  Type: z.string(),
  Properties: z.optional(z.record(z.string(), z.unknown())),
});
const TEMPLATE = z.object({
  AWSTemplateFormatVersion: z.literal('2010-09-09'),
  Metadata: z.optional(z.unknown()),
  Parameters: z.record(z.string(), PARAMETER),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
  Conditions: z.record(z.string(), z.unknown()),
  Resources: z.record(z.string(), RESOURCE),
  Outputs: z.record(z.string(), z.unknown()),
});

export type Template = z.output<typeof TEMPLATE>;
export type Resource = z.output<typeof RESOURCE>;

export function readTemplate(file: string): Template {
  return TEMPLATE.parse(parse(readFileSync(file, 'utf8'), { customTags: [...scalarTags, ...listTags] }));
}

type Values = Readonly<Record<string, unknown>>;
const NOTHING = Symbol('AWS::NoValue');

/** The resources that CloudFormation makes with these parameters. Names that only it knows stay references. */
export function resourcesWith(template: Template, given: Values): Record<string, Resource> {
  const values = valuesOf(template, given);
  const made = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(template, String(Condition), values),
  );
  return Object.fromEntries(
    made.map(([name, { Condition, ...rest }]) => [name, RESOURCE.parse(resolved(rest, template, values))]),
  );
}

function valuesOf({ Parameters }: Template, given: Values): Values {
  const known = Object.entries(Parameters).map(([name, { Type, Default }]) => {
    const value = given[name] ?? Default;
    if (value === undefined) throw new Error(`${name} has no value`);
    return [name, Type === 'CommaDelimitedList' ? String(value).split(',') : String(value)];
  });
  return { ...Object.fromEntries(known), 'AWS::StackName': given['AWS::StackName'], 'AWS::NoValue': NOTHING };
}

function holds(template: Template, name: string, values: Values): boolean {
  return Boolean(resolved(template.Conditions[name], template, values));
}

function resolved(value: unknown, template: Template, values: Values): unknown {
  const go = (inner: unknown) => resolved(inner, template, values);
  if (Array.isArray(value)) return value.map(go).filter((item) => item !== NOTHING);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  const known = more.length === 0 ? FUNCTIONS[name]?.(argument, { template, values, go }) : undefined;
  if (known !== undefined) return known;
  const entries = Object.entries(value).map(([key, inner]) => [key, go(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NOTHING));
}

interface Resolving {
  readonly template: Template;
  readonly values: Values;
  go(value: unknown): unknown;
}

const list = (value: unknown): unknown[] => z.array(z.unknown()).parse(value);

/** Nothing where only CloudFormation knows. */
const FUNCTIONS: Readonly<Record<string, (argument: unknown, resolving: Resolving) => unknown>> = {
  Ref: (name, { values }) => values[String(name)],
  Condition: (name, { template, values }) => holds(template, String(name), values),
  'Fn::If': (argument, { template, values, go }) => {
    const [name, yes, no] = list(argument);
    return go(holds(template, String(name), values) ? yes : no);
  },
  'Fn::Equals': (argument, { go }) => {
    const [one, other] = list(argument).map(go);
    return one === other;
  },
  'Fn::Not': (argument, { go }) => !list(argument).map(go)[0],
  'Fn::And': (argument, { go }) => list(argument).map(go).every(Boolean),
  'Fn::Or': (argument, { go }) => list(argument).map(go).some(Boolean),
  'Fn::Join': (argument, { go }) => {
    const [between, parts] = list(argument).map(go);
    return list(parts).join(String(between));
  },
  'Fn::FindInMap': (argument, { template, go }) => {
    const [map, key, name] = list(argument).map((part) => String(go(part)));
    return template.Mappings[map ?? '']?.[key ?? '']?.[name ?? ''];
  },
  'Fn::Sub': (text, { values }) => {
    const filled = String(text).replace(/\$\{([\w:]+)\}/g, (all, name: string) =>
      String(values[name] ?? all),
    );
    return filled.includes('${') ? { 'Fn::Sub': filled } : filled;
  },
};

/** What the template refers to: parameters and resources by their names, and conditions. */
export function referencesIn({ Resources, Conditions, Outputs }: Template): {
  readonly names: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
} {
  const pairs = pairsIn([Resources, Conditions, Outputs]);
  return {
    names: new Set(pairs.flatMap(([key, value]) => NAMING[key]?.(value) ?? [])),
    conditions: new Set(
      pairs.flatMap(([key, value]) => {
        if (key === 'Fn::If') return String(list(value)[0]);
        return key === 'Condition' && typeof value === 'string' ? value : [];
      }),
    ),
  };
}

/** How the names stand in what refers to them. */
const NAMING: Readonly<Record<string, (value: unknown) => string[]>> = {
  Ref: (name) => [String(name)],
  DependsOn: (names) => [names].flat().map(String),
  'Fn::GetAtt': (path) => [String(list(path)[0])],
  'Fn::Sub': (text) => [...String(text).matchAll(/\$\{([\w:]+)/g)].map(([, name = '']) => name),
};

/** Every key with its value, however deep. */
function pairsIn(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(pairsIn);
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => [
    [key, inner],
    ...pairsIn(inner),
  ]);
}
