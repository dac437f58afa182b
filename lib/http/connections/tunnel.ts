import { type IncomingMessage, request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { defined } from '../../base/defined.ts';
import { refusedBy, unreachable } from '../failures/proxy-faults.ts';
import { type HttpProxy, plainHost, portOf } from '../proxies.ts';
import { type Destination, type DialOptions, dial } from './dial.ts';
import { secure } from './secure.ts';

/** The largest answer of the proxy itself. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The options of a connection to the proxy. */
export interface ProxyWay extends DialOptions {
  readonly ca?: string | undefined;
}

/**
 * Connects to the proxy itself.
 *
 * @throws {Fault} that names the proxy
 */
export async function dialProxy(proxy: HttpProxy, { ca, lookup, signal }: ProxyWay): Promise<Socket> {
  const host = plainHost(proxy.url.hostname);
  try {
    const raw = await dial({ host, port: portOf(proxy.url), lookup, signal });
    if (proxy.url.protocol === 'http:') return raw;
    return await secure(raw, { host, ca, sessions: new Map(), signal });
  } catch (error) {
    throw signal.aborted ? error : unreachable(proxy, error);
  }
}

/**
 * Connects to `host:port` through a proxy (RFC 9110, 9.3.6: CONNECT).
 *
 * @throws {Fault} that names the proxy
 */
export async function openTunnel(
  proxy: HttpProxy,
  { host, port }: Destination,
  way: ProxyWay,
): Promise<Socket> {
  const raw = await dialProxy(proxy, way);
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  try {
    const answer = await askForTunnel(proxy, target, raw, way.signal);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return raw;
    throw refusedBy(proxy, target, status);
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

function askForTunnel(
  proxy: HttpProxy,
  target: string,
  raw: Socket,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { authorization } = proxy;
  const asking = request({
    method: 'CONNECT',
    path: target,
    headers: defined({ host: target, 'proxy-authorization': authorization?.reveal() }),
    createConnection: () => raw,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const abort = () => asking.destroy();
  signal.addEventListener('abort', abort, { once: true });
  asking
    .once('connect', (answer, socket, head) => {
      signal.removeEventListener('abort', abort);
      if (head.length > 0) socket.unshift(head);
      resolve(answer);
    })
    .on('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(signal.aborted ? signal.reason : unreachable(proxy, error));
    })
    .end();
  return promise;
}
