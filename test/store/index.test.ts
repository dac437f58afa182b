import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STORES } from '../../lib/store/index.ts';

/** What all stores share; everything else is the file or the folder of one kind. */
const SHARED = ['driver.ts', 'errors.ts', 'index.ts', 'partitions.ts', 'read-cache', 'store.ts'];
const KINDS = Object.keys(STORES);
const OWN = readdirSync(at('../../lib/store')).filter((name) => !SHARED.includes(name));

describe('The registry of stores', () => {
  it('has each file and folder of the room, and no other', () => {
    const ofKinds = KINDS.map((kind) => (OWN.includes(kind) ? kind : `${kind}.ts`));
    expect(OWN.toSorted()).toEqual(ofKinds.toSorted());
  });

  it.each(KINDS)('has %s, whose test opens it by its settings', (kind) => {
    const name = OWN.includes(kind) ? `${kind}/${kind}` : kind;
    expect(existsSync(at(`../../lib/store/${name}.ts`))).toBe(true);
    const test = readFileSync(at(`./${name}.test.ts`), 'utf8');
    expect(test).toContain('describeStore(');
    expect(test).toMatch(new RegExp(`describeChoice\\(\\(\\) => \\(\\{ kind: '${kind}'`));
  });
});

function at(path: string): URL {
  return new URL(path, import.meta.url);
}
