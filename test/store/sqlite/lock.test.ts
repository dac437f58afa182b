import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openSqliteStore, openSqliteStoreWhenUnlocked } from '../../../lib/store/sqlite/sqlite.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { createWorld, SIGNING_SECRET } from '../../support/world.ts';
import { failureOf, newItem } from '../contract.ts';

const CHILD = fileURLToPath(new URL('../../support/sqlite-locker-child.ts', import.meta.url));
const now = () => Date.parse('2026-01-05T00:10:11Z');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A file with a store, and another process that locks it on request. */
async function lockedStage() {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-lock-'));
  closing.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'watch.db');
  await openSqliteStore({ file, now }).close();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  closing.push(() => {
    child.stdin.end();
    return exit;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const order = async (word: 'write' | 'exclusive' | 'free') => {
    child.stdin.write(`${word}\n`);
    expect(await answers.next()).toEqual({ done: false, value: word });
  };
  return { file, order };
}

/** A receiver that answers on request. */
async function startPatientReceiver() {
  const waiting: ServerResponse[] = [];
  const ids: string[] = [];
  let arrived = () => {};
  let isOpen = false;
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']));
    request.resume().once('end', () => {
      if (isOpen) response.end('ok');
      else waiting.push(response);
      arrived();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    ids,
    async received(count: number) {
      while (ids.length < count) {
        const next = Promise.withResolvers<void>();
        arrived = next.resolve;
        await next.promise;
      }
    },
    async answerAll() {
      isOpen = true;
      await Promise.all(waiting.map((response) => new Promise<void>((sent) => response.end('ok', sent))));
    },
  };
}

/** One request and its answer, of this very process. */
async function roundTrip(url: string): Promise<number> {
  return (await fetch(url)).status;
}

test('another process that holds the write lock during sends costs no acknowledgement, and nothing is sent twice', async () => {
  const { file, order } = await lockedStage();
  const receiver = await startPatientReceiver();
  const tasks = Array.from({ length: 60 }, (_, i) => `task-${i}`);
  const waits = { begun: 0, over: 0 };
  const made = await createWorld({
    tasks,
    store: ({ now }) => {
      const store = openSqliteStore({ file, now });
      return {
        ...store,
        async save(item) {
          waits.begun += 1;
          return store.save(item).finally(() => {
            waits.over += 1;
          });
        },
      };
    },
  });
  closing.push(() => made.close());
  for (const id of tasks) made.status(id, 'FULLMIGRATING');
  const cutover = channelSchema.parse({
    type: 'webhook',
    url: receiver.url,
    secret: SIGNING_SECRET,
    allowInsecure: true,
  });

  const ticking = made.tick({ config: { ...made.config, channels: { cutover } } });
  await receiver.received(8);
  await order('write');
  const before = { ...waits };
  await receiver.answerAll();
  // This program and the receiver share a process: as long as the wait blocks it, this is never answered.
  while (waits.begun < before.begun + 8) expect(await roundTrip(made.receiver.url('/alive'))).toBe(200);
  expect(waits.over, 'nothing can be written').toBe(before.over);
  await order('free');

  expect(await ticking).toMatchObject({ events: 60, delivered: 60, pending: 0, failedRecords: 0 });
  expect(receiver.ids).toHaveLength(60);
  expect(new Set(receiver.ids).size).toBe(60);
});

test('a locked file can be read, and is reported as locked after a vain wait', async () => {
  const { file, order } = await lockedStage();
  const store = openSqliteStore({ file, now, patienceMs: 100 });
  closing.push(() => store.close());
  const item = newItem();
  await store.save(item);
  await order('write');

  expect(await store.get(item.key)).toStrictEqual(item);
  const failures = [1, 2].map(() => failureOf(store.save({ ...item, rev: 2 })));
  for (const failure of await Promise.all(failures)) {
    expect(failure).toMatchObject({ code: 'unavailable', message: /locked.*another process/ });
  }
  await order('free');
  expect(await store.save({ ...item, rev: 2 })).toBe('saved');
});

test('a file that another process writes is opened at once, and an exclusively locked one when it is free', async () => {
  const { file, order } = await lockedStage();
  await order('write');
  const first = await openSqliteStoreWhenUnlocked({ file, now });
  await first.close();

  await order('exclusive');
  expect(await failureOf(openSqliteStoreWhenUnlocked({ file, now, patienceMs: 50 }))).toMatchObject({
    code: 'unavailable',
    message: /locked.*another process/,
  });
  const opening = openSqliteStoreWhenUnlocked({ file, now });
  await order('free');
  const second = await opening;
  expect(await second.load('p')).toEqual([]);
  await second.close();
});
