import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { defined } from '../base/defined.ts';
import type { Env } from '../base/env.ts';
import { Secret } from '../base/secret.ts';

/** An HTTP proxy from the environment. */
export interface HttpProxy {
  /** Its address, `http:` or `https:`, without user name and password. */
  readonly url: URL;
  /** The header `proxy-authorization`, where its address has a user name. */
  readonly authorization?: Secret;
  /** Its environment variable. */
  readonly variable: string;
}

/** The proxies of requests. They are plain data, so that two values can be compared. */
export interface Proxies {
  /** For `http:` addresses. */
  readonly http?: HttpProxy;
  /** For `https:` addresses. */
  readonly https?: HttpProxy;
  /** The entries of `NO_PROXY`: hosts that need no proxy. */
  readonly direct: readonly string[];
}

/** The proxies from the environment, and problems of unusable settings (in words, without the value). */
export interface ProxySettings {
  /** Absent where no proxy is set. */
  readonly proxies?: Proxies;
  readonly problems: readonly string[];
}

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` as curl does (https://curl.se/docs/manpage.html, "ENVIRONMENT"):
 * lower-case names come first, an empty variable counts as not set, and an address without a scheme means `http://`.
 */
export function readProxies(env: Env): ProxySettings {
  const problems: string[] = [];
  const named = (name: string): HttpProxy | undefined => {
    const variable = [name.toLowerCase(), name].find((spelling) => textIn(env, spelling) !== '');
    if (variable === undefined) return undefined;
    const proxy = parseProxy(textIn(env, variable), variable);
    if (proxy === undefined) problems.push(`the environment variable ${variable} ${NO_ADDRESS}`);
    return proxy;
  };
  const [http, https] = [named('HTTP_PROXY'), named('HTTPS_PROXY')];
  if (http === undefined && https === undefined) return { problems };
  const direct = (textIn(env, 'no_proxy') || textIn(env, 'NO_PROXY')).split(/[\s,]+/).filter(Boolean);
  return { proxies: defined({ http, https, direct }), problems };
}

const NO_ADDRESS =
  'is not the address of an HTTP proxy; expected http://host:port or http://user:password@host:port (SOCKS is not supported)';

function textIn(env: Env, name: string): string {
  return (Object.hasOwn(env, name) ? env[name] : undefined)?.trim() ?? '';
}

function parseProxy(text: string, variable: string): HttpProxy | undefined {
  const given = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (given === null || !/^https?:$/.test(given.protocol) || given.hostname === '') return undefined;
  const { username, password } = given;
  const pair = `${decoded(username)}:${decoded(password)}`;
  const authorization = new Secret(`Basic ${Buffer.from(pair).toString('base64')}`);
  const login = pair === ':' ? undefined : authorization;
  return defined({ url: new URL(given.origin), variable, authorization: login });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The proxy for an address; nothing for a direct connection. */
export function proxyFor(url: URL, proxies: Proxies | undefined): HttpProxy | undefined {
  const proxy = url.protocol === 'http:' ? proxies?.http : proxies?.https;
  if (proxy === undefined || proxies === undefined) return undefined;
  const host = plainHost(url.hostname);
  const port = portOf(url);
  return proxies.direct.some((entry) => covers(entry, host, port)) ? undefined : proxy;
}

/** Adds hosts (`host` or `host:port`) that need no proxy. */
export function without(proxies: Proxies | undefined, hosts: readonly string[]): Proxies | undefined {
  return proxies && { ...proxies, direct: [...proxies.direct, ...hosts] };
}

/** The name of a proxy in messages: its host and port, without secrets. */
export function hostOf({ url }: HttpProxy): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** The port of a URL, or that of its scheme. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'http:' ? 80 : 443;
}

/** Removes the brackets of IPv6, and the dot at the end of a complete name. */
export function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/(?<=.)\.$/, '')
    .toLowerCase();
}

/**
 * Whether an entry of `NO_PROXY` covers a host. An entry is `*` (all hosts), a name with its subdomains, `*.name`
 * (subdomains only), an address, or a range (`10.0.0.0/8`), and may have a port (`name:8443`).
 */
function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const { name, onPort } = partsOf(entry);
  if (onPort !== undefined && onPort !== port) return false;
  if (isIP(host) !== 0) return coversAddress(name, host);
  const suffix = plainHost(name.replace(/^\*?\./, ''));
  if (suffix === '') return false;
  return host.endsWith(`.${suffix}`) || (host === suffix && !name.startsWith('*'));
}

function partsOf(entry: string): { name: string; onPort?: number } {
  const { bracketed, plain, port } =
    /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:]+))(?::(?<port>\d+))?$/.exec(entry)?.groups ?? {};
  const name = bracketed ?? plain ?? entry;
  return defined({ name, onPort: port === undefined ? undefined : Number(port) });
}

function coversAddress(name: string, host: string): boolean {
  if (!ipaddr.isValid(host)) return false;
  const address = ipaddr.process(host);
  if (ipaddr.isValidCIDR(name)) {
    const [range, bits] = ipaddr.parseCIDR(name);
    return range.kind() === address.kind() && address.match(range, bits);
  }
  return ipaddr.isValid(name) && ipaddr.process(name).toNormalizedString() === address.toNormalizedString();
}
