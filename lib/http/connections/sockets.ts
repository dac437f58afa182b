import { isIP, type LookupFunction, type Socket } from 'node:net';
import { blockedAddress, guardedLookup } from '../address-guard.ts';
import type { OpenSocket, SocketLimits, SocketTarget } from '../client.ts';
import { failure } from '../failures/failure.ts';
import { type HttpProxy, type Proxies, plainHost, proxyFor } from '../proxies.ts';
import { refusePrivate } from './connections.ts';
import { dial } from './dial.ts';
import { secure } from './secure.ts';

/** The rules of all sockets. */
export interface SocketRules {
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string | undefined;
  /** In the shape of `dns.lookup`. */
  readonly lookup: LookupFunction;
  readonly proxies?: Proxies | undefined;
}

/**
 * Opens connections for other protocols than HTTP under the same rules: the address guard, the proxies (through a
 * tunnel, as for `https:`), and the texts of errors.
 */
export function createOpener(rules: SocketRules): OpenSocket {
  return async (target, limits) => {
    const startedAt = performance.now();
    const { host, port, isPlainHttp } = target;
    const scheme = isPlainHttp ? 'http' : 'https';
    const url = new URL(`${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
    const blocked = blockedAddress(url, limits);
    if (blocked !== undefined) throw blocked;
    const proxy = proxyFor(url, rules.proxies);
    try {
      return await opened(target, proxy, { ...rules, ...limits });
    } catch (error) {
      const ms = performance.now() - startedAt;
      const showedCertificate = limits.clientCertificate !== undefined;
      throw failure(error, { url, ms, proxy, isFirstContact: false, showedCertificate });
    }
  };
}

type Way = SocketRules & SocketLimits;

async function opened(target: SocketTarget, proxy: HttpProxy | undefined, way: Way): Promise<Socket> {
  const { ca, signal, clientCertificate: certificate } = way;
  const raw = await reached(target, proxy, way);
  if (!target.isSecure) return raw;
  try {
    const host = plainHost(target.host);
    return await secure(raw, { host, ca, certificate, sessions: new Map(), signal, protocols: [] });
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

async function reached(
  { host, port, isPlainHttp }: SocketTarget,
  proxy: HttpProxy | undefined,
  { allowInsecure, privateRange, lookup, signal, ca }: Way,
): Promise<Socket> {
  const guarded = allowInsecure ? lookup : guardedLookup(lookup, privateRange);
  if (proxy === undefined) return dial({ host, port, lookup: guarded, signal });
  if (!allowInsecure) await refusePrivate(host, guarded, signal);
  const { dialProxy, openTunnel } = await import('./tunnel.ts');
  if (isPlainHttp) return dialProxy(proxy, { ca, lookup, signal });
  return openTunnel(proxy, { host, port }, { ca, lookup, signal });
}
