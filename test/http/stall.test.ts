import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { client, failureOf, LIMITS } from './servers.ts';

/** Places in the memory that the test shares with its server. */
const GOT = 0;
const ANSWERED = 1;

/** A server in a thread of its own, which goes on while ours stands still. It answers as soon as it is allowed to. */
const SERVER = `
const { createServer } = require('node:http');
const { parentPort, workerData: { flags, body, headers } } = require('node:worker_threads');
const set = (place) => { Atomics.store(flags, place, 1); Atomics.notify(flags, place); };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    set(${GOT});
    if (body === undefined) return set(${ANSWERED});
    response.writeHead(200, headers).end(Buffer.from(body), () => set(${ANSWERED}));
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Long enough for the request to arrive on a machine that is busy. */
const TIMEOUT_MS = 4000;

/**
 * A request whose answer comes while this process stands still, until long after the time-out: as when a laptop sleeps,
 * a container is frozen, or another process holds a lock that we wait for.
 */
async function askAndStall(body: Buffer | undefined, headers: Readonly<Record<string, string>> = {}) {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(SERVER, { eval: true, workerData: { flags, body, headers } });
  onTestFinished(() => void worker.terminate());
  const [port] = await once(worker, 'message');
  const startedAt = performance.now();
  const url = new URL(`http://127.0.0.1:${port}/`);
  const answer = client().request(
    { method: 'POST', url, headers: {}, body: '{}' },
    { ...LIMITS, timeoutMs: TIMEOUT_MS, oversize: 'fail' },
  );
  answer.catch(() => undefined);
  while (Atomics.load(flags, GOT) === 0) await new Promise((resolve) => setImmediate(resolve));
  stand();
  expect(Atomics.load(flags, ANSWERED)).toBe(1);
  expect(performance.now() - startedAt).toBeGreaterThan(TIMEOUT_MS);
  return answer;

  function stand(): void {
    Atomics.wait(flags, ANSWERED, 0);
    const still = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(still, 0, 0, startedAt + TIMEOUT_MS + 100 - performance.now());
  }
}

test('An answer that arrived while the process was frozen does not count as a time-out', async () => {
  expect(await askAndStall(Buffer.from('taken'))).toMatchObject({ status: 200, body: 'taken' });
});

test('a compressed answer that arrived while the process was frozen does not count as a time-out', async () => {
  const body = gzipSync('taken'.repeat(20_000));
  const answer = await askAndStall(body, { 'content-encoding': 'gzip' });
  expect(answer).toMatchObject({ status: 200, body: 'taken'.repeat(20_000) });
});

test('no answer while the process was frozen is a time-out', async () => {
  expect(await failureOf(askAndStall(undefined))).toMatchObject({ code: 'timeout' });
});
