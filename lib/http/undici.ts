import { createHash } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { blockedAddress } from './address-guard.ts';
import type { HttpClient, HttpLimits, HttpResponse } from './client.ts';
import { type Connections, createConnections } from './connections/connections.ts';
import { createOpener } from './connections/sockets.ts';
import { Exchange } from './exchange.ts';
import type { Proxies } from './proxies.ts';

export interface HttpClientOptions {
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string;
  /** In the shape of `dns.lookup`, which is the default. */
  readonly lookup?: LookupFunction;
  /** Default: every connection is direct. */
  readonly proxies?: Proxies | undefined;
}

/**
 * The HTTP client over undici. It keeps connections alive for a few seconds. Requests with and without `allowInsecure`,
 * or with other certificates, never share a connection.
 */
export function createHttpClient({ ca, lookup = systemLookup, proxies }: HttpClientOptions = {}): HttpClient {
  const pools = new Map<string, Connections>();
  let isClosed = false;

  const connectionsFor = (limits: HttpLimits): Connections => {
    const rules = rulesOf(limits);
    const connections = pools.get(rules) ?? createConnections({ ca, lookup, proxies, ...limits });
    pools.set(rules, connections);
    if (isClosed) void connections.close();
    return connections;
  };
  return {
    request(request, limits) {
      const blocked = blockedAddress(request.url, limits);
      if (blocked !== undefined) return Promise.reject(blocked);
      const connections = connectionsFor(limits);
      const answer = Promise.withResolvers<HttpResponse>();
      new Exchange(connections, request, limits, answer).start();
      return answer.promise;
    },
    openSocket: createOpener({ ca, lookup, proxies }),
    async close() {
      isClosed = true;
      await Promise.all([...pools.values()].map((connections) => connections.close()));
    },
  };
}

/** A key for a set of rules, so that different ones never share a connection. */
function rulesOf({ allowInsecure, privateRange = '', clientCertificate }: HttpLimits): string {
  if (clientCertificate === undefined) return `${allowInsecure} ${privateRange}`;
  const { cert, key } = clientCertificate;
  const hash = createHash('sha256').update(cert.reveal()).update(key.reveal()).digest('hex');
  return `${allowInsecure} ${privateRange} ${hash}`;
}
