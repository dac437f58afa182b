import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reasonOf } from '../base/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { isLoopbackName, type ListenAddress, urlOf } from './address.ts';
import { listenError } from './error.ts';
import { type Reply, textReply, withHeader } from './reply.ts';
import type { ServerRequest } from './routes.ts';

/** A server that runs. */
export interface WatchServer {
  /** The address of its page. */
  readonly url: string;
  /** Answers that are under way get a moment, connections that are open none. */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly address: ListenAddress;
  readonly reply: (asked: ServerRequest) => Promise<Reply>;
  readonly log: Log;
}

const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
const MOST_CONNECTIONS = 64;
/** Neither side sends anything. */
const IDLE_MS = 15_000;
/** A reader that takes longer for an answer loses it. */
const LONGEST_ANSWER_MS = 60_000;
const GRACE_MS = 1000;

/** @throws {ListenError} */
export async function startServer({ address, reply, log }: ServerParts): Promise<WatchServer> {
  const problem = eachOnce(log);
  const failed = (error: unknown) => problem(`a request could not be answered: ${reasonOf(error)}`);
  const replyOrSorry = (asked: ServerRequest) =>
    reply(asked).catch((error: unknown) => {
      failed(error);
      return textReply(500, 'internal error');
    });
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, { address, reply: replyOrSorry }).catch((error: unknown) => {
      failed(error);
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  await listen(server, address);
  server.on('error', (error) => problem(`the server of the page and the metrics: ${reasonOf(error)}`));
  return { url: urlOf({ host: address.host, port: portOf(server, address) }), close: () => close(server) };
}

/** However often somebody asks, a problem is one line of the log. */
function eachOnce(log: Log): (message: string) => void {
  const known = new Set<string>();
  return (message) => {
    if (!known.has(message)) log({ kind: 'problem', message });
    known.add(message);
  };
}

/** @throws {ListenError} */
async function listen(server: Server, address: ListenAddress): Promise<void> {
  try {
    const { host, port } = address;
    const isListening = once(server, 'listening');
    server.listen({ host, port });
    await isListening;
  } catch (error) {
    throw listenError(error, address);
  }
}

function portOf(server: Server, { port }: ListenAddress): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await promise;
  clearTimeout(timer);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { address, reply }: { readonly address: ListenAddress; readonly reply: ServerParts['reply'] },
): Promise<void> {
  response.on('error', () => undefined);
  const timer = setTimeout(() => response.destroy(), LONGEST_ANSWER_MS);
  response.on('close', () => clearTimeout(timer));
  // Whatever a request has in its body stays unread.
  request.resume();
  const { method = '', url: target = '', headers } = request;
  const isMisdirected = address.isLoopback && !isLoopbackName(headers.host);
  const made = isMisdirected
    ? textReply(421, 'ask for localhost, 127.0.0.1 or [::1]')
    : await reply({ method, target, authorization: headers.authorization });
  await send(made, request, response);
}

const compress = promisify(gzip);
/** Shorter answers fit into few packets as they are. */
const WORTH_PACKING = 4096;

async function send(made: Reply, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const plain = Buffer.from(made.body);
  const isPacked = plain.length >= WORTH_PACKING && takesGzip(headers['accept-encoding']);
  const body = isPacked ? await compress(plain) : plain;
  const reply = isPacked ? withHeader(made, 'content-encoding', 'gzip') : made;
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': body.length,
    vary: 'accept-encoding',
  });
  response.end(body);
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(accepted ?? ''));
}
