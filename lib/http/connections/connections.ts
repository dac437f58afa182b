import { defined } from '../../base/defined.ts';
import '../quiet.ts';
import type { LookupFunction, Socket } from 'node:net';
import Agent from 'undici/lib/dispatcher/agent.js';
import { guardedLookup } from '../address-guard.ts';
import { type ClientCertificate, HttpError, type HttpRequest } from '../client.ts';
import type { Transport } from '../exchange.ts';
import { type HttpProxy, type Proxies, plainHost, portOf, proxyFor } from '../proxies.ts';
import { dial, lookedUp } from './dial.ts';
import { type Sessions, secure } from './secure.ts';

/** The largest headers, as in Node's own HTTP. Good answers have a few hundred bytes. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The longest attempt to connect. Each waiting request has its own deadline, which may come earlier. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Time for our own lookup of a name that the proxy also looks up. */
const LOCAL_CHECK_MS = 2000;

/** The rules of a set of connections. */
export interface ConnectionRules {
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string | undefined;
  /** In the shape of `dns.lookup`. */
  readonly lookup: LookupFunction;
  /** Permits private, loopback and link-local addresses. */
  readonly allowInsecure: boolean;
  /** A private range (CIDR) that is always permitted. */
  readonly privateRange?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly proxies?: Proxies | undefined;
}

/** Connections that stay open until they are closed. */
export interface Connections extends Transport {
  close(): Promise<void>;
}

type Connect = (target: URL, signal: AbortSignal) => Promise<Socket>;

/** Connections to all hosts under one set of rules. */
export function createConnections(rules: ConnectionRules): Connections {
  const state: ConnectionState = { opening: false, attempts: new Set() };
  const agent = createAgent(connectorOf(rules), state);
  const forwarder = rules.proxies?.http && createAgent(proxyConnectorOf(rules.proxies.http, rules), state);
  const proxyOf = (url: URL) => proxyFor(url, rules.proxies);
  return {
    get opening() {
      return state.opening;
    },
    proxyOf,
    dispatch(request, exchange) {
      const proxy = request.url.protocol === 'http:' ? proxyOf(request.url) : undefined;
      if (proxy === undefined) agent.dispatch(dispatchOptions(request), exchange);
      else forwarder?.dispatch(forwardOptions(request, proxy), exchange);
    },
    async close() {
      await Promise.all([agent.destroy(), forwarder?.destroy()]);
      // Destroying an agent does not end its attempts to connect.
      for (const attempt of state.attempts) attempt.abort(coded('UND_ERR_DESTROYED'));
    },
  };
}

interface ConnectionState {
  /** @see Transport.opening */
  opening: boolean;
  /** Running attempts to connect. */
  readonly attempts: Set<AbortController>;
}

function createAgent(connect: Connect, state: ConnectionState): Agent {
  return new Agent({
    connect({ protocol, hostname, port }, callback) {
      const target = new URL(`${protocol}//${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`);
      attempted(connect, target, state).then(
        (socket) => {
          // undici writes the waiting request to the new connection before this call returns.
          state.opening = true;
          try {
            callback(null, socket);
          } finally {
            state.opening = false;
          }
        },
        (error: Error) => callback(error, null),
      );
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    // The exchange has one deadline for everything.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function attempted(connect: Connect, target: URL, { attempts }: ConnectionState): Promise<Socket> {
  const attempt = new AbortController();
  const timer = setTimeout(() => attempt.abort(coded('UND_ERR_CONNECT_TIMEOUT')), CONNECT_TIMEOUT_MS);
  attempts.add(attempt);
  try {
    return await connect(target, attempt.signal);
  } finally {
    clearTimeout(timer);
    attempts.delete(attempt);
  }
}

function coded(code: string): Error {
  return Object.assign(new Error('no connection'), { code });
}

/** Connects to the target, directly or through a tunnel, and then starts TLS where the target needs it. */
function connectorOf(rules: ConnectionRules): Connect {
  const { ca, allowInsecure, privateRange, clientCertificate } = rules;
  const lookup = allowInsecure ? rules.lookup : guardedLookup(rules.lookup, privateRange);
  const sessions: Sessions = new Map();

  return async (target, signal) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const port = portOf(target);
    const proxy = target.protocol === 'https:' ? proxyFor(target, rules.proxies) : undefined;
    if (proxy === undefined) {
      const raw = await dial({ host, port, lookup, signal });
      return target.protocol === 'https:' ? handshake(raw) : raw;
    }
    if (!allowInsecure) await refusePrivate(host, lookup, signal);
    // Loaded only for a proxy, because it loads a second HTTP client, Node's own.
    const { openTunnel } = await import('./tunnel.ts');
    return handshake(await openTunnel(proxy, { host, port }, { ca, lookup: rules.lookup, signal }));

    async function handshake(raw: Socket): Promise<Socket> {
      try {
        // The dot at the end of a complete name serves only the lookup. Certificates and servers use names without it.
        return await secure(raw, {
          host: plainHost(host),
          ca,
          certificate: clientCertificate,
          sessions,
          signal,
        });
      } catch (error) {
        raw.destroy();
        throw error;
      }
    }
  };
}

function proxyConnectorOf(proxy: HttpProxy, { ca, lookup }: ConnectionRules): Connect {
  return async (_target, signal) => {
    const { dialProxy } = await import('./tunnel.ts');
    return dialProxy(proxy, { ca, lookup, signal });
  };
}

/**
 * Refuses a name that resolves to a private address here, since the lookup of the proxy is invisible. A name that is
 * unknown here may be known to the proxy.
 */
export async function refusePrivate(
  host: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<void> {
  try {
    await lookedUp(host, lookup, AbortSignal.any([signal, AbortSignal.timeout(LOCAL_CHECK_MS)]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpError && error.code === 'blocked_address') throw error;
  }
}

function dispatchOptions({ method, url, headers, body }: HttpRequest) {
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: 'accept-encoding' in headers ? headers : { ...headers, 'accept-encoding': 'gzip' },
    body: body ?? null,
  };
}

/** The options of a request that the proxy forwards itself (RFC 9112, 3.2.2: absolute-form). */
function forwardOptions(request: HttpRequest, { url, authorization }: HttpProxy) {
  const { origin, path, headers, ...others } = dispatchOptions(request);
  return {
    ...others,
    origin: url.origin,
    path: origin + path,
    headers: defined<HttpRequest['headers']>({
      ...headers,
      host: request.url.host,
      'proxy-authorization': authorization?.reveal(),
    }),
  };
}
