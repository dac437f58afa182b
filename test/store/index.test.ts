import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore, STORES, type StoreChoice } from '../../lib/store/index.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { newItem } from './contract.ts';

/** What all stores share; everything else is the file or the folder of one kind. */
const SHARED = ['driver.ts', 'errors.ts', 'index.ts', 'store.ts'];

describe('The registry of stores', () => {
  let folder: string;
  let dynalite: Dynalite;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    dynalite = await startDynalite();
    await dynalite.createTable('state');
    for (const [name, value] of Object.entries(dynalite.env)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await dynalite.close();
    rmSync(folder, { recursive: true });
  });

  it('opens each kind by its settings, DynamoDB by the environment', async () => {
    const choices: StoreChoice[] = [
      { kind: 'memory' },
      { kind: 'sqlite', file: join(folder, 'watch.db') },
      { kind: 'dynamodb', table: 'state', proxies: undefined },
    ];
    for (const choice of choices) {
      const store = await openStore(choice, Date.now);
      const item = newItem();

      expect(await store.save(item)).toBe('saved');
      expect(await store.load(item.key.partition)).toStrictEqual([item]);
      await store.close();
    }
    expect(choices.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(STORES).toSorted());
    expect(dynalite.requests.PutItem).toBe(1);
  });

  it('has a file or a folder and a test for each kind, and nothing else', () => {
    const kinds = Object.keys(STORES);
    const own = namesIn('../../lib/store').filter((name) => !SHARED.includes(name));
    const ofKinds = kinds.map((kind) => (own.includes(kind) ? kind : `${kind}.ts`));

    expect(own.toSorted()).toEqual(ofKinds.toSorted());
    for (const name of ofKinds) {
      const [lib, test] = name.endsWith('.ts')
        ? [name, name.replace('.ts', '.test.ts')]
        : [`${name}/${name}.ts`, `${name}/${name}.test.ts`];
      expect(existsSync(new URL(`../../lib/store/${lib}`, import.meta.url))).toBe(true);
      expect(existsSync(new URL(`./${test}`, import.meta.url))).toBe(true);
    }
  });
});

function namesIn(path: string): string[] {
  return readdirSync(new URL(path, import.meta.url));
}
