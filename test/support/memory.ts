import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGzip } from 'node:zlib';

/**
 * Living memory, measured at every turn of the loop, or `seldom` where collecting garbage at every turn would take too
 * long. Garbage does not count: when it is collected depends on how busy the machine is.
 */
export type Measure = 'living' | 'living, seldom';

const SELDOM_MS = 50;

/** The most that buffers and heap grew by while `work` ran. Bytes. */
export async function growthDuring(measure: Measure, work: () => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const size = () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  collectGarbage();
  const before = size();
  let most = before;
  const note = () => {
    most = Math.max(most, size());
  };
  const timer = setInterval(note, measure === 'living, seldom' ? SELDOM_MS : 0);
  await work();
  clearInterval(timer);
  note();
  return most - before;
}

const TRIES = 4;

/**
 * The least of the growths while `work` is done a few times. What is loaded, compiled or collected late grows once, and
 * at any time; an answer that is kept grows every time. Bytes.
 */
export async function steadyGrowthDuring(measure: Measure, work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES; tries += 1) least = Math.min(least, await growthDuring(measure, work));
  return least;
}

/** Writes `piece` again and again until the other side has had enough. @param wrote hears how many bytes were taken */
export function flood(
  socket: Socket,
  piece: string | Buffer,
  wrote: (bytes: number) => void = () => undefined,
): void {
  const pour = () => {
    let more = true;
    while (more && !socket.destroyed) {
      more = socket.write(piece);
      wrote(piece.length);
    }
  };
  socket.on('drain', pour);
  pour();
}

/** Zeros that take a thousandth of their size. */
export async function bomb(bytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const zeros = Buffer.alloc(1_000_000);
  for (let sent = 0; sent < bytes; sent += zeros.length) gzip.write(zeros);
  return Buffer.concat(await gzip.end().toArray());
}
