import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { guardedLookup, urlProblem } from './address-guard.ts';
import { type HttpClient, HttpError, type HttpRequest, type HttpResponse } from './client.ts';
import { Exchange, type Line } from './exchange.ts';

/** What Node's own HTTP accepts; answers that we want have a few hundred bytes of headers. */
const MAX_HEADER_BYTES = 16 * 1024;

/** How long a connection attempt may outlive the requests that wait for it, each of which has its own deadline. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface HttpClientOptions {
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string;
  /** In the shape of `dns.lookup`, which is the default. */
  readonly lookup?: LookupFunction;
}

/**
 * The way to the network, over undici. Connections are kept alive for a few seconds. Requests with and without
 * `allowInsecure` never share a connection. Proxies named in the environment are not used.
 */
export function createHttpClient({ ca, lookup = systemLookup }: HttpClientOptions = {}): HttpClient {
  const guarded = createLine(ca, guardedLookup(lookup));
  const open = createLine(ca, lookup);
  return {
    request(request, limits) {
      const problem = urlProblem(request.url, limits);
      if (problem !== undefined) return Promise.reject(blocked(request.url.host, problem));
      const line = limits.allowInsecure ? open : guarded;
      return new Promise<HttpResponse>((resolve, reject) => {
        new Exchange(line, request, limits, resolve, reject).start();
      });
    },
    async close() {
      await Promise.all([guarded.close(), open.close()]);
    },
  };
}

function blocked(host: string, problem: string): HttpError {
  return new HttpError({ code: 'blocked_address', host, ms: 0, message: `${host}: the address ${problem}` });
}

/** Connections to all hosts under one set of rules. */
function createLine(ca: string | undefined, lookup: LookupFunction): Line & { close(): Promise<void> } {
  const shutdown = new AbortController();
  const connector = buildConnector({
    ca,
    lookup,
    minVersion: 'TLSv1.2',
    // Said aloud, because the environment (NODE_TLS_REJECT_UNAUTHORIZED) could say otherwise.
    rejectUnauthorized: true,
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    // Destroying an agent leaves alone the connections that it is still waiting for.
    signal: shutdown.signal,
  });
  let opening = false;
  const agent = new Agent({
    connect(options, callback) {
      connector(options, (...result) => {
        // undici writes the waiting request to the new connection before this call returns.
        opening = true;
        try {
          callback(...result);
        } finally {
          opening = false;
        }
      });
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    // One deadline for everything is kept by the exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    get opening() {
      return opening;
    },
    dispatch(request, exchange) {
      agent.dispatch(dispatchOptions(request), exchange);
    },
    async close() {
      await agent.destroy();
      shutdown.abort();
    },
  };
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
