import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** Breaks the transport instead of answering; returns nothing, because there is nothing left to send. */
type Sabotage = (request: IncomingMessage, response: ServerResponse) => undefined;

const MEBI = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** Answers that never end, come too large, or break off. */
export const BROKEN_ANSWERS = {
  'reset before the answer': ({ socket }) => {
    socket.resetAndDestroy();
  },
  'reset within the answer': ({ socket }, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '5000' });
    response.write('{"status":"SUCCESS",', () => socket.resetAndDestroy());
  },
  /** Waits for a connection that has carried a request before, as one does that a thawed function still holds. */
  'closed on reuse': ({ socket }) => {
    socket.destroy();
  },
  'huge body': (_request, response) => {
    response.writeHead(200, JSON_TYPE);
    response.write('{"status":"SUCCESS","task_name":"');
    pour(response, 'a'.repeat(MEBI), 100);
  },
  'gzip bomb': (_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(50 * MEBI, 'a')));
  },
  drip: (_request, response) => {
    response.writeHead(200, JSON_TYPE);
    const drop = (): boolean => response.write('{');
    drop();
    const timer = setInterval(drop, 1000);
    response.once('close', () => clearInterval(timer));
  },
  'huge headers': ({ socket }) => {
    const line = `x-padding: ${'a'.repeat(8000)}\r\n`;
    socket.write(`HTTP/1.1 200 OK\r\n${line.repeat(Math.ceil((10 * MEBI) / line.length))}\r\n`);
  },
  'not HTTP': ({ socket }) => {
    socket.end('SSH-2.0-OpenSSH_9.9\r\n');
  },
} satisfies Record<string, Sabotage>;

/** Writes a chunk many times, no faster than it is taken, until nobody takes it any more. */
function pour(response: ServerResponse, chunk: string, times: number): void {
  for (let left = times; left > 0 && !response.destroyed; left--) {
    if (!response.write(chunk)) {
      response.once('drain', () => pour(response, chunk, left - 1));
      return;
    }
  }
  response.end('"}');
}
