import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { PROGRAM } from '../records/program.ts';
import { createStory, type Received } from '../records/story.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';

const FIXTURES = new URL('../fixtures/state-v1/', import.meta.url);

async function linesOf(name: string): Promise<string[]> {
  return (await readFile(new URL(name, FIXTURES), 'utf8')).trimEnd().split('\n');
}

let dynalite: Dynalite;
let folder: string;
beforeAll(async () => {
  dynalite = await startDynalite();
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-version-1-'));
});
afterAll(async () => {
  await dynalite.close();
  await rm(folder, { recursive: true });
});

async function sqliteStore(now: () => number): Promise<Store> {
  const file = join(folder, 'state.sqlite');
  await copyFile(new URL('state.sqlite', FIXTURES), file);
  return openSqliteStore({ file, now });
}

async function dynamoStore(now: () => number): Promise<Store> {
  await dynalite.createTable('watch');
  const client = new DynamoDBClient(dynalite.settings);
  for (const line of await linesOf('items.jsonl')) {
    await client.send(new PutItemCommand({ TableName: 'watch', Item: JSON.parse(line) }));
  }
  client.destroy();
  return openDynamoStore({
    table: 'watch',
    now,
    client: createDynamoClient(dynalite.settings),
  });
}

/**
 * The deliveries of the build before from the same state, and when it began. Sentences that were reworded since stand there in
 * their present words; nothing else was changed.
 */
async function receivedIn(name: string): Promise<{ startedAt: number; received: Received[] }> {
  const [first = '', ...lines] = await linesOf(name);
  return { startedAt: Date.parse(JSON.parse(first)), received: lines.map((line) => JSON.parse(line)) };
}

/**
 * Ids of events are random: those that are not stored yet are as good as each other. So are their seconds, for the pace of
 * the channels decides when a tick is over.
 */
async function comparable(received: readonly Received[]): Promise<Received[]> {
  const stored = await readFile(new URL('state.sqlite', FIXTURES), 'latin1');
  const items = await readFile(new URL('items.jsonl', FIXTURES), 'utf8');
  const isStored = (id: string) => stored.includes(id) || items.includes(id);
  return received.map((one) => {
    const [channel = '', id = '', type = '', subject = '', _second, ...rest] = one;
    return !id.startsWith('evt_') || isStored(id) ? one : [channel, 'new', type, subject, ...rest];
  });
}

/** What programs hear, by channel and task: in which order a channel hears of several tasks is not promised. */
async function byTask(received: readonly Received[]): Promise<Record<string, Received[]>> {
  const events = (await comparable(received)).filter(({ length }) => length > 2);
  return Object.fromEntries(Map.groupBy(events, ([channel, , , subject]) => `${channel} ${subject}`));
}

/** The messages of people, without how late they are. */
function chats(received: readonly Received[]): string[] {
  const messages = received.filter(({ length }) => length === 2);
  return messages.map(([channel, text]) => `${channel} ${text?.replace(/ · delayed by .*/, '')}`).toSorted();
}

/** A table takes time, so that runs of one build differ in seconds. */
function withoutSeconds(tasks: Record<string, Received[]>): object {
  const words = ([, id, type, , , number]: Received) => [id, type, number];
  return Object.fromEntries(Object.entries(tasks).map(([task, all]) => [task, all.map(words)]));
}

async function goOnFrom(store: Store, startedAt: number): Promise<readonly Received[]> {
  const story = createStory(PROGRAM, store, startedAt);
  story.resume();
  await story.goOn();
  await store.close();
  return story.arrivals;
}

function idsOf(received: readonly Received[]): string[] {
  return received.flatMap(([channel, id]) => (id?.startsWith('evt_') ? [`${channel} ${id}`] : []));
}

describe('state of version 1', () => {
  it('in a SQLite file is used on: receivers get what the build before would have sent', async () => {
    const { startedAt, received } = await receivedIn('arrivals-file.jsonl');
    const ours = await goOnFrom(await sqliteStore(() => startedAt), startedAt);
    expect(await byTask(ours)).toEqual(await byTask(received));
    expect(chats(ours)).toEqual(chats(received));
    expect(new Set(idsOf(ours)).size).toBe(idsOf(ours).length);
  });

  it('in a DynamoDB table is used on: programs get what the build before would have sent, with the same numbers', async () => {
    const { startedAt, received } = await receivedIn('arrivals-items.jsonl');
    const ours = await goOnFrom(await dynamoStore(() => startedAt), startedAt);
    expect(withoutSeconds(await byTask(ours))).toEqual(withoutSeconds(await byTask(received)));
    expect(new Set(idsOf(ours)).size).toBe(idsOf(ours).length);
  });
});
