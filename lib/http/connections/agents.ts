import { lookup } from 'node:dns';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import { WatchError } from '../../base/errors.ts';
import { explain, faultOf } from '../failures/reasons.ts';
import { faultWords } from '../faults.ts';
import { type Proxies, plainHost, proxyFor } from '../proxies.ts';
import { dial } from './dial.ts';
import { openTunnel } from './tunnel.ts';

/** The agents with which the AWS SDK opens connections. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** A failed connection through a proxy, for clients of other libraries. The message names the proxy. */
export class ProxyError extends WatchError {
  override readonly name = 'ProxyError';
  readonly code = 'proxy';
}

/** The SDK's own settings of its agents. */
const LIKE_THE_SDK = { keepAlive: true, maxSockets: 50 } as const;
/** The longest attempt to connect, since a caller that gives up does not end it. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Agents for clients over Node's own HTTP, which connect through the proxies from the environment. Even `http:` goes
 * through a tunnel, because an agent cannot change the request line.
 */
export function createAgents(proxies: Proxies): Agents {
  return { httpAgent: new TunnelHttpAgent(proxies), httpsAgent: new TunnelHttpsAgent(proxies) };
}

type Created = (error: Error | null, stream: Duplex) => void;

class TunnelHttpAgent extends HttpAgent {
  readonly #proxies: Proxies;

  constructor(proxies: Proxies) {
    super(LIKE_THE_SDK);
    this.#proxies = proxies;
  }

  override createConnection(options: ClientRequestArgs, created: Created): undefined {
    deliver(connectFor('http:', options, this.#proxies), created);
  }
}

class TunnelHttpsAgent extends HttpsAgent {
  readonly #proxies: Proxies;

  constructor(proxies: Proxies) {
    super(LIKE_THE_SDK);
    this.#proxies = proxies;
  }

  override createConnection(options: ClientRequestArgs, created: Created): undefined {
    const secured = connectFor('https:', options, this.#proxies).then((socket) => {
      const overTls = super.createConnection(Object.assign({}, options, { socket }));
      if (overTls === null || overTls === undefined) throw new TypeError('no TLS');
      return overTls;
    });
    deliver(secured, created);
  }
}

function deliver(making: Promise<Duplex>, created: Created): void {
  making.then(
    (stream) => created(null, stream),
    (error: Error) => created(error, new Duplex()),
  );
}

async function connectFor(protocol: string, options: ClientRequestArgs, proxies: Proxies): Promise<Duplex> {
  const host = plainHost(options.host ?? '');
  const port = Number(options.port ?? (protocol === 'https:' ? 443 : 80));
  const proxy = proxyFor(new URL(`${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`), proxies);
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  if (proxy === undefined) return dial({ host, port, lookup, signal });
  return openTunnel(proxy, { host, port }, { lookup, signal }).catch((error: unknown) => {
    throw new ProxyError(faultWords(explain(faultOf(error))));
  });
}
