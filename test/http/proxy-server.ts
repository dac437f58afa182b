import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { fixture } from './servers.ts';

export interface ProxyOptions {
  /** Where the proxy finds a host (`name:port`) on this machine; others it does not find. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** What it wants in `proxy-authorization`. */
  readonly authorization?: string;
  /** What it answers to everything instead of doing it. */
  readonly refuseWith?: number;
  /** Whether it is spoken to over TLS. */
  readonly secure?: boolean;
}

export interface ProxyServer {
  readonly port: number;
  /** `CONNECT name:443`, `GET http://name/path`, in the order in which they came. */
  readonly asked: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
}

/** A real HTTP proxy on 127.0.0.1 that opens tunnels and passes requests on. Ends with the test. */
export async function proxyServer(options: ProxyOptions = {}): Promise<ProxyServer> {
  const { hosts = {}, authorization, refuseWith, secure = false } = options;
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket | Duplex>();

  const refusal = (request: IncomingMessage): number | undefined => {
    asked.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    if (refuseWith !== undefined) return refuseWith;
    return authorization !== undefined && request.headers['proxy-authorization'] !== authorization
      ? 407
      : undefined;
  };
  const passOn = (request: IncomingMessage, response: ServerResponse): void => {
    const target = new URL(request.url ?? '');
    const status = refusal(request) ?? (hosts[target.host] === undefined ? 502 : undefined);
    if (status !== undefined) {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>proxy</html>');
      return;
    }
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const path = target.pathname + target.search;
    const onward = forward(
      { host: '127.0.0.1', port: hosts[target.host], method: request.method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward.on('error', () => response.destroy()));
  };
  const openTunnel = (request: IncomingMessage, client: Duplex, head: Buffer): void => {
    const port = hosts[request.url ?? ''];
    const status = refusal(request) ?? (port === undefined ? 502 : 200);
    sockets.add(client.on('error', () => client.destroy()));
    client.write(`HTTP/1.1 ${status} Whatever\r\n\r\n`);
    if (port === undefined || status !== 200) {
      client.end();
      return;
    }
    const target = connect({ host: '127.0.0.1', port }, () => {
      target.write(head);
      target.pipe(client).pipe(target);
    });
    sockets.add(target.on('error', () => client.destroy()));
  };

  const server = secure
    ? createSecureServer({ cert: fixture('localhost.crt'), key: fixture('server.key') }, passOn)
    : createServer(passOn);
  server.on('connect', openTunnel);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked, authorizations };
}
