import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Listens, takes nothing up until it is released, and then answers each request with "from the slow address". */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((request, response) => response.end('from the slow address'));
  server.listen({ host: workerData.host, port: workerData.port, backlog: 1 }, () => {
    parentPort.postMessage('listening');
    Atomics.wait(workerData.gate, 0, 0);
  });
`;

/** So many the kernel takes up by itself: the backlog and one more. */
const QUEUE = 2;

/**
 * An address of this machine that does not answer: its queue of connections is full, so the kernel drops the first packet of
 * each further one, as a host that is down or far away does.
 */
export async function slowAddress(
  host: string,
  port: number,
): Promise<{ release(): void; isFull(): boolean }> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SERVER, { eval: true, workerData: { host, port, gate } });
  const fillers: Socket[] = [];
  let filled = 0;
  const full = Promise.withResolvers<void>();
  await new Promise((resolve) => worker.once('message', resolve));
  for (let i = 0; i < 2 * QUEUE; i += 1) {
    const filler = connect({ host, port });
    filler
      .on('error', () => filler.destroy())
      .on('connect', () => {
        filled += 1;
        if (filled === QUEUE) full.resolve();
      });
    fillers.push(filler);
  }
  await full.promise;
  const release = () => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  onTestFinished(async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
  return { release, isFull: () => filled < fillers.length };
}
