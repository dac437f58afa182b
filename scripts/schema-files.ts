import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadTypes, TYPE_NAMES } from '../lib/channels/index.ts';
import { fileSchemaOf } from '../lib/config/schema/file.ts';
import { configJsonSchema } from '../lib/config/schema/json-schema.ts';
import { EVENT_TYPES } from '../lib/events/schema/codes.ts';
import { eventJsonSchema } from './event-schemas.ts';

const EVENTS = 'schemas';

/** Writes the JSON Schemas of the configuration and of every event, and removes those of events that are none. */
export async function writeSchemaFiles(folder: string): Promise<void> {
  for (const [file, content] of await wantedIn(folder)) {
    const path = join(folder, file);
    if (content === undefined) {
      await rm(path);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** @returns the files that writing would change, add or remove */
export async function outdatedSchemaFiles(folder: string): Promise<readonly string[]> {
  const outdated: string[] = [];
  for (const [file, content] of await wantedIn(folder)) {
    const path = join(folder, file);
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found !== content) outdated.push(path);
  }
  return outdated;
}

/** The content of each file; undefined for a file that should not be there. */
async function wantedIn(folder: string): Promise<ReadonlyMap<string, string | undefined>> {
  const found = await readdir(join(folder, EVENTS)).catch(() => []);
  const wanted = new Map<string, string | undefined>(found.map((name) => [join(EVENTS, name), undefined]));
  const fileSchema = fileSchemaOf(await loadTypes(new Set(TYPE_NAMES)));
  wanted.set('watch.schema.json', textOf(configJsonSchema(fileSchema)));
  for (const type of EVENT_TYPES) wanted.set(join(EVENTS, `${type}.json`), textOf(eventJsonSchema(type)));
  return wanted;
}

function textOf(schema: unknown): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
