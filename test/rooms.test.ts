import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', 'lib');
/** A longer list is one to search; a room of two or three parts is a place to go to. */
const MOST_FILES = 12;

const FILES = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map(({ parentPath, name }) => join(parentPath, name));

const ROOMS = [...new Set(FILES.flatMap((file) => foldersOf(file)))].toSorted();

describe('Each room of lib', () => {
  it('has at most a dozen files side by side', () => {
    const sizes = ROOMS.map((room) => [nameOf(room), FILES.filter((file) => dirname(file) === room).length]);
    expect(sizes.length).toBeGreaterThan(50);
    expect(sizes.filter(([, files = 0]) => Number(files) > MOST_FILES)).toEqual([]);
  });

  it.each(ROOMS.map((room) => [nameOf(room), room]))('%s has parts that form no circle', (_, room = '') => {
    expect(circleIn(importsWithin(room))).toEqual([]);
  });
});

describe('A circle of parts', () => {
  it('is found, whatever its length', () => {
    const imports = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
    ]);
    expect(circleIn(imports)).toEqual(['a', 'b', 'c']);
  });
});

function nameOf(room: string): string {
  return relative(dirname(ROOT), room);
}

/** The rooms that a file stands in, up to `lib`. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === ROOT ? [ROOT] : [folder, ...foldersOf(folder)];
}

/** Parts are the files and the sub-rooms of a room; those that each imports, types included. */
function importsWithin(room: string): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const file of FILES.filter((one) => one.startsWith(`${room}/`))) {
    const part = partOf(file, room);
    const found = imports.get(part) ?? new Set();
    imports.set(part, found);
    for (const target of importsOf(file)) {
      if (target.startsWith(`${room}/`) && partOf(target, room) !== part) found.add(partOf(target, room));
    }
  }
  return imports;
}

function partOf(file: string, room: string): string {
  return relative(room, file).split('/')[0] ?? '';
}

function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport\()'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => join(dirname(file), path));
}

/** The parts that reach themselves. */
function circleIn(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reachedFrom = (start: string) => {
    const reached = new Set<string>();
    const visit = (part: string) => {
      for (const next of imports.get(part) ?? []) {
        if (reached.has(next)) continue;
        reached.add(next);
        visit(next);
      }
    };
    visit(start);
    return reached;
  };
  return [...imports.keys()].filter((part) => reachedFrom(part).has(part));
}
