import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { CHANNEL_TYPES, createChannel } from '../../lib/channels/index.ts';
import { ALL_TYPES, channelSchema } from '../support/channel-types.ts';
import { sampleOf, TYPES } from './samples.ts';
import { answering } from './support.ts';

const ROOM = new URL('../../lib/channels/', import.meta.url);
/** Folders that are no type: two or more types share them. */
const SHARED: readonly string[] = ['answers', 'block-kit', 'chat'];

function isChannelType(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'schema' in value && 'connect' in value;
}

/** Every type of channel that a file or a folder of the room exports, under the name of that. */
async function typesInRoom(): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const entry of await readdir(ROOM, { withFileTypes: true })) {
    if (SHARED.includes(entry.name)) continue;
    const name = entry.name.replace(/\.ts$/, '');
    const file = entry.isDirectory() ? `${name}/${name}.ts` : entry.name;
    const module: object = await import(new URL(file, ROOM).href);
    for (const value of Object.values(module)) if (isChannelType(value)) found.set(name, value);
  }
  return found;
}

describe('the registry of channel types', () => {
  test('has every type that a file or a folder of the room exports, under its name', async () => {
    expect(Object.fromEntries(await typesInRoom())).toEqual(Object.fromEntries(ALL_TYPES));
  });

  test('has every folder of the room but those that types share, each with its tests', async () => {
    const foldersIn = async (room: URL) =>
      (await readdir(room, { withFileTypes: true })).flatMap((entry) =>
        entry.isDirectory() ? [entry.name] : [],
      );
    const inFolders = new Set(await foldersIn(ROOM));
    expect(await foldersIn(new URL('.', import.meta.url))).toEqual([...inFolders]);
    expect([...inFolders].filter((name) => !Object.hasOwn(CHANNEL_TYPES, name))).toEqual(SHARED);
  });

  test('has a row of docs/channels.md for each type, with its readers', async () => {
    const readme = await readFile(new URL('../../docs/channels.md', import.meta.url), 'utf8');
    for (const [type, { audience }] of ALL_TYPES) {
      expect(readme).toContain(`\n| \`${type}\` | ${audience} | `);
    }
  });

  test('has a contract for each type: that of HTTP, or one of its own', async () => {
    for (const type of TYPES) {
      const own = new URL(`${type}/contract.test.ts`, import.meta.url);
      expect([type, existsSync(own)]).toEqual([type, sampleOf(type).transport !== 'http']);
    }
  });

  test('makes a channel of each type under its name', async () => {
    for (const type of TYPES) {
      const { settings, place } = sampleOf(type);
      const config = channelSchema.parse({ type, [place]: 'https://receiver.example/', ...settings });
      expect((await createChannel('ops', config, { http: answering({}) })).name).toBe('ops');
    }
  });

  test('gives editors a schema in which every setting is described', () => {
    const schema = z.toJSONSchema(channelSchema, { io: 'input' });
    const settings = (schema.oneOf ?? []).flatMap(({ properties = {} }) =>
      Object.entries(properties).filter(([name]) => name !== 'type'),
    );
    expect(settings.length).toBeGreaterThan(6);
    for (const [, setting] of settings) expect(setting).toHaveProperty('description');
  });

  test('gives editors a schema without patterns, which a reference to the environment would not match', () => {
    const schema = JSON.stringify(z.toJSONSchema(channelSchema, { io: 'input' }));
    expect(schema).toContain('"secret"');
    expect(schema).not.toMatch(/"(?:pattern|format|minLength)":/);
  });
});
