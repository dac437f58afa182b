import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../path.ts';

/** A YAML value of JSON's types. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Whether a value is a mapping of names to values. */
export function isSettings(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text somewhere in a value. */
interface TextAt {
  readonly path: Path;
  readonly text: string;
}

/** The value without top-level entries named `x-…`, which are notes and places for anchors. */
export function withoutNotes(value: Value): Value {
  if (!isSettings(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('x-')));
}

/** All texts of a value, each with its path. */
export function textsIn(value: Value, path: Path = []): TextAt[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, i) => textsIn(item, [...path, i]));
  if (!isSettings(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]));
}

/** Reports a problem at a node. */
export type Report = (message: string, node?: unknown, path?: Path) => void;

/** The target nodes of aliases. */
export type Targets = ReadonlyMap<Alias, Node>;

/** The deepest nesting. It bounds the recursion, even through an alias to a surrounding node. */
const MAX_DEPTH = 32;
/** The most values, which no file of the largest size has. It bounds the expansion of aliases of aliases. */
const MAX_VALUES = 100_000;

const REPEATED = 'this key appears twice';
const MERGE = '<<';
const NOTHING_TO_MERGE = 'a merge key (<<) needs settings, as *name or as a list of them';

/**
 * Finds the target of each alias, the last anchor of its name before it, in one pass. The parser's own method would
 * search the file for each alias.
 *
 * @returns nothing, with a report, if an alias has no anchor or the file nests too deeply
 */
export function aliasTargets(document: Document.Parsed, report: Report): Targets | undefined {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  let isFine = true;
  const refuse = (message: string, node: Node) => {
    isFine = false;
    report(message, node);
  };
  visit(document, {
    Node(_key, node, ancestors) {
      // A pair of key and value lies between two values.
      if (ancestors.length > 2 * MAX_DEPTH) {
        refuse('the file nests too deeply', node);
        return visit.BREAK;
      }
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target !== undefined) targets.set(node, target);
      else if (isAlias(node)) refuse('this alias (*name) has no anchor (&name) before it', node);
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return undefined;
    },
  });
  return isFine ? targets : undefined;
}

/**
 * Converts nodes into plain values, aliases expanded and merge keys resolved. An entry with an impossible or repeated
 * key is reported and left out.
 *
 * @returns nothing, with a report, if the result is too deep or too large
 */
export function plainValue(contents: Node | null, targets: Targets, report: Report): Value | undefined {
  let values = 0;
  let tooMuch: string | undefined;

  function valueAt(node: unknown, path: Path): Value {
    values += 1;
    if (values > MAX_VALUES) tooMuch ??= 'its aliases (*name) expand to far too many values';
    if (path.length > MAX_DEPTH)
      tooMuch ??= 'the file nests too deeply; does an alias (*name) contain itself?';
    if (tooMuch !== undefined || !isNode(node)) return null;
    const target = follow(node, targets);
    if (isSeq(target)) return target.items.map((item, i) => valueAt(item, [...path, i]));
    if (isMap(target)) return mappingAt(target, path);
    return isScalar(target) ? scalarOf(target.value) : null;
  }

  function mappingAt(map: YAMLMap, path: Path): Value {
    const entries = new Map<string, Value>();
    for (const { key, value } of map.items.filter(({ key }) => !isMergeKey(key))) {
      const name = keyOf(key);
      if (name === undefined || name === '__proto__') report('this key is not allowed', key, path);
      else if (entries.has(name)) report(REPEATED, key, [...path, name]);
      else entries.set(name, valueAt(value, [...path, name]));
    }
    return { ...mergedAt(map, path), ...Object.fromEntries(entries) };
  }

  /** The path grows with each merge, which bounds a mapping that merges itself. */
  function mergedAt(map: YAMLMap, path: Path): { [key: string]: Value } {
    const [key, again] = map.items.map((pair) => pair.key).filter(isMergeKey);
    if (again !== undefined) report(REPEATED, again, [...path, MERGE]);
    const sources = mergedInto(map, targets);
    if (key !== undefined && !sources.every(isMap)) report(NOTHING_TO_MERGE, key, [...path, MERGE]);
    const values = sources.filter(isMap).map((source) => valueAt(source, [...path, MERGE]));
    // Of several sources, the first one with an entry counts.
    return Object.fromEntries(values.toReversed().flatMap((value) => Object.entries(value ?? {})));
  }

  const value = valueAt(contents, []);
  if (tooMuch === undefined) return value;
  report(tooMuch);
  return undefined;
}

/** The offset of a value (for an entry of a mapping, of its key), or of the nearest existing surroundings. */
export function offsetOf(contents: Node | null, path: Path, targets: Targets): number {
  let node: unknown = contents;
  let offset = 0;
  for (const step of path) {
    const [place, child] = stepInto(isNode(node) ? follow(node, targets) : undefined, step, targets);
    if (place === undefined) return offset;
    offset = startOf(place);
    node = child;
  }
  return offset;
}

/** The offset at which a node begins. */
export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** @returns the node that marks the place of the step, and the target node */
function stepInto(
  node: Node | undefined,
  step: string | number,
  targets: Targets,
): [place: unknown, child: unknown] {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return [item, item];
  }
  const pair = isMap(node) ? pairIn(node, step, targets) : undefined;
  return [pair?.key, pair?.value];
}

/** An entry of a mapping, or of a mapping that is merged into it. */
function pairIn(map: YAMLMap, step: string | number, targets: Targets): YAMLMap['items'][number] | undefined {
  const own = map.items.find(({ key }) => keyOf(key) === step);
  if (own !== undefined) return own;
  for (const source of mergedInto(map, targets)) {
    const found = isMap(source) ? pairIn(source, step, targets) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The nodes behind the merge key of a mapping, which need not be mappings. */
function mergedInto({ items }: YAMLMap, targets: Targets): readonly unknown[] {
  const value = items.find(({ key }) => isMergeKey(key))?.value;
  if (value === undefined) return [];
  const target = isNode(value) ? follow(value, targets) : value;
  const sources: readonly unknown[] = isSeq(target) ? target.items : [target];
  return sources.map((source) => (isNode(source) ? follow(source, targets) : source));
}

/** Whether a key is a merge key. In quotes it is an ordinary key. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === MERGE && key.type === 'PLAIN';
}

function isNode(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node);
}

function follow(node: Node, targets: Targets): Node | undefined {
  return isAlias(node) ? targets.get(node) : node;
}

function keyOf(key: unknown): string | undefined {
  return isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
}

function scalarOf(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
