import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type HttpClient, HttpError, type HttpLimits, type HttpRequest } from '../../lib/http/client.ts';
import { createHttpClient, type HttpClientOptions } from '../../lib/http/undici.ts';

/** A server on 127.0.0.1 that ends with the test. */
export interface Loopback {
  readonly port: number;
  /** How many connections were accepted so far. */
  readonly connections: () => number;
  readonly url: (path?: string) => URL;
}

async function listen(server: Server, scheme = 'http', host = '127.0.0.1'): Promise<Loopback> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const port = portOf(server);
  return {
    port,
    connections: () => connections,
    url: (path = '/') => new URL(path, `${scheme}://${host}:${port}`),
  };
}

/** Answers like any HTTP server. */
export function httpServer(listener: RequestListener): Promise<Loopback> {
  return listen(createHttpServer(listener));
}

/**
 * Does with each request what its script says, byte by byte. Both numbers count from 1: the connection, and the request
 * on that connection.
 */
export function rawServer(
  onRequest: (socket: Socket, connection: number, request: number) => void,
): Promise<Loopback> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    const connection = connections;
    let request = 0;
    socket.on('data', () => {
      request += 1;
      onRequest(socket, connection, request);
    });
  });
  return listen(server);
}

/** Speaks TLS with a certificate of the fixtures and answers everything with 200. */
export function tlsServer(
  certificate: string,
  options: TlsOptions = {},
  observe: (server: TlsServer) => void = () => {},
): Promise<Loopback> {
  const server = createTlsServer({
    cert: fixture(`${certificate}.crt`),
    key: fixture('server.key'),
    ...options,
  });
  observe(server);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy()).on('data', () => socket.write(answer('hello')));
  });
  return listen(server, 'https', 'localhost');
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
}

/** A complete answer as bytes. */
export function answer(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A lookup that finds every name on this machine. */
export const toLoopback: LookupFunction = (_host, _options, callback) =>
  callback(null, [{ address: '127.0.0.1', family: 4 }]);

/** A lookup that fails as the system's does, quoting what it was asked for. */
export function failingLookup(code: string, words = ''): LookupFunction {
  return (host, _options, callback) => {
    const error = new Error(`getaddrinfo ${code} ${host} ${words}`);
    setImmediate(() => callback(Object.assign(error, { code, syscall: 'getaddrinfo', hostname: host }), []));
  };
}

/** A client that ends with the test. */
export function client(options?: HttpClientOptions): HttpClient {
  const created = createHttpClient(options);
  onTestFinished(() => created.close());
  return created;
}

export const LIMITS = {
  timeoutMs: 5000,
  maxBodyBytes: 100_000,
  oversize: 'fail',
  allowInsecure: true,
} as const satisfies HttpLimits;

export function get(url: URL, headers: Record<string, string> = {}): HttpRequest {
  return { method: 'GET', url, headers };
}

/** The error that a request must end with. */
export async function failureOf(request: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await request.then(
    () => new Error('the request succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof HttpError) return error;
  throw error;
}
