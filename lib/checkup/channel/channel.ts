import type { Secret } from '../../base/secret.ts';
import { type ChannelConfig, placeOf, visitChannel } from '../../channels/index.ts';
import { type Visit, type VisitDeps, visitHttp } from '../../channels/visit.ts';
import type { Heartbeat } from '../../config/schema/heartbeat.ts';
import type { HttpClient } from '../../http/client.ts';
import { hostOf, type Proxies, plainHost, proxyFor } from '../../http/proxies.ts';
import type { CheckupSection, Finding } from '../finding.ts';
import { inTime } from '../in-time.ts';
import { formFindings } from './form.ts';
import { type PlaceFacts, visitFindings } from './visited.ts';

/** A channel of the configuration. */
export interface NamedChannel {
  readonly name: string;
  readonly config: ChannelConfig;
}

/** The needs of visits. */
export interface Visiting {
  readonly http: HttpClient;
  readonly proxies: Proxies | undefined;
  /** For dates of certificates; milliseconds since the epoch. */
  readonly now: number;
}

/** A server that lets strangers wait greets within this, or is taken for dead. Milliseconds. */
const VISIT_MS = 10_000;
/** A visit that is aborted reports how far it came. Milliseconds. */
const GRACE_MS = 1000;

export async function channelForm({ name, config }: NamedChannel, now: number): Promise<CheckupSection> {
  return sectionOf(name, config, await formFindings(config, now));
}

/** Visits the service of a channel, and sends nothing. */
export async function visitedChannel(
  { name, config }: NamedChannel,
  visiting: Visiting,
): Promise<CheckupSection> {
  const visit = await withinTime((deps) => visitChannel(config, deps), visiting);
  const found = visitFindings(visit, factsOf(await placeOf(config), visiting.proxies), visiting.now);
  return sectionOf(name, config, [...found, ...(await formFindings(config, visiting.now))]);
}

/** Visits the places that are called after each tick. */
export async function visitedHeartbeat(heartbeat: Heartbeat, visiting: Visiting): Promise<CheckupSection> {
  const { url, fail, allowInsecure } = heartbeat;
  const places: Secret[] = fail === undefined || fail === true ? [url] : [url, fail];
  const visits = places.map(async (secret) => {
    const place = { url: new URL(secret.reveal()), allowInsecure };
    const visit = await withinTime((deps) => visitHttp(place, deps), visiting);
    return visitFindings(visit, factsOf(place.url, visiting.proxies), visiting.now);
  });
  return { kind: 'heartbeat', name: 'settings.heartbeat', findings: (await Promise.all(visits)).flat() };
}

const LATE: Visit = { kind: 'unreached', reason: 'no connection in time; check host, port and firewall' };

async function withinTime(visit: (deps: VisitDeps) => Promise<Visit>, { http }: Visiting): Promise<Visit> {
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })),
    VISIT_MS,
  );
  try {
    return await inTime(visit({ http, signal: deadline.signal }), VISIT_MS + GRACE_MS, LATE);
  } finally {
    clearTimeout(timer);
  }
}

function sectionOf(name: string, { type }: ChannelConfig, findings: readonly Finding[]): CheckupSection {
  return { kind: 'channel', name: `${name} (${type})`, findings };
}

const PORTS: ReadonlyMap<string, string> = new Map([
  ['http:', '80'],
  ['https:', '443'],
  ['smtp:', '587'],
  ['smtps:', '465'],
]);

/** Nothing but host and port: the rest of an address may be a secret. */
function factsOf(url: URL, proxies: Proxies | undefined): PlaceFacts {
  const { protocol, hostname, port } = url;
  const target = `${plainHost(hostname)}:${port === '' ? PORTS.get(protocol) : port}`;
  const proxy = proxyFor(
    protocol === 'http:' ? url : new URL(`https://${hostname}:${port === '' ? PORTS.get(protocol) : port}`),
    proxies,
  );
  return {
    address: target,
    isSecure: protocol !== 'http:',
    proxy: proxy === undefined ? undefined : hostOf(proxy),
  };
}
