import * as z from 'zod/mini';
import { isObject } from '../../../base/json.ts';
import { Secret } from '../../../base/secret.ts';

export type Path = readonly (string | number)[];

/** Values of a body, keys not counted. Each text is tried with a hundred sample events when the configuration is loaded. */
const MOST_VALUES = 500;
const DEEPEST = 16;
const LONGEST = 64 * 1024;

/**
 * The body of a request as the configuration writes it: a tree whose texts are templates. A {@link Secret}, as JSON,
 * because receivers take tokens in bodies.
 */
export const bodySchema = z.pipe(
  z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())], {
      error: 'expected settings (name: value) or a list (- …), whose texts are templates',
    })
    .check(
      z.check(({ value, issues }) => {
        const message = sizeProblem(value);
        if (message !== undefined) issues.push({ code: 'custom', input: undefined, message });
      }),
    ),
  z.transform((tree: Record<string, unknown> | unknown[]) => new Secret(JSON.stringify(tree))),
);

function sizeProblem(tree: unknown): string | undefined {
  const leaves = leavesOf(tree);
  if (leaves.length > MOST_VALUES) return `has ${leaves.length} values, and may have ${MOST_VALUES}`;
  if (leaves.some(({ path }) => path.length > DEEPEST)) return `nests deeper than ${DEEPEST} levels`;
  const length = JSON.stringify(tree).length;
  return length > LONGEST ? `has ${length} characters as JSON, and may have ${LONGEST}` : undefined;
}

/** All values of a tree that hold no others, each with its path. */
export function leavesOf(tree: unknown, path: Path = []): { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(tree)) return tree.flatMap((item, i) => leavesOf(item, [...path, i]));
  if (!isObject(tree)) return [{ path, value: tree }];
  return Object.entries(tree).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** The same tree with other leaves. */
export function withLeaves(
  tree: unknown,
  change: (leaf: unknown, path: Path) => unknown,
  path: Path = [],
): unknown {
  if (Array.isArray(tree)) return tree.map((item, i) => withLeaves(item, change, [...path, i]));
  if (!isObject(tree)) return change(tree, path);
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, withLeaves(item, change, [...path, key])]),
  );
}
