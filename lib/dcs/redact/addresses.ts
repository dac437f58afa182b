import { isIP, isIPv4, isIPv6 } from 'node:net';

/** Longer lists are cut at an address, never within one. */
const LONGEST = 1024;
/** Characters that are read. */
const LONGEST_READ = 16_384;

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Names of settings that stand where a host could: `password:1234`. */
const NO_HOST =
  /^(?:.*passw(?:or)?d|.*pwd|pass|auth|requirepass|masterauth|secret|token|user(?:name)?|password)$/i;

/**
 * The hosts and ports in `addrs`, `ip` and similar fields, as a list if there are several. User, password, database,
 * options and other texts are dropped.
 *
 * @returns e.g. `10.0.0.1:6379,redis.example.com:6379`, `[fe80::1]:6379`, `backup-bucket`; nothing when there is none
 */
export function addressesIn(text: string): string | undefined {
  const list = text.slice(0, LONGEST_READ);
  const items = list.split(/[\s,;|]+/).filter((item) => item !== '');
  const isList = items.length > 1;
  const ambiguity: Ambiguity = list.includes('@') ? 'user' : isList ? 'list' : 'none';
  const login = isList ? loginOf(items.findLast((item) => item.includes('@'))) : undefined;
  const found: string[] = [];
  let length = 0;
  for (const item of items) {
    const address = addressIn(item, ambiguity, login);
    if (address === undefined) continue;
    length += address.length + 1;
    if (length > LONGEST + 1) break;
    found.push(address);
  }
  return found.length === 0 ? undefined : found.join(',');
}

/** The address of `ip`, when it is one and nothing else. */
export function ipIn(text: string): string | undefined {
  const ip = text.trim();
  return isIP(ip) === 0 ? undefined : ip;
}

/**
 * The doubt about an item of a list. `user`: the text has an `@`, so the item may be part of a password with a comma.
 * `list`: it may be another setting.
 */
type Ambiguity = 'none' | 'list' | 'user';

/** The part before the `@` of an address, which all nodes of one cluster share. */
function loginOf(item: string | undefined): string | undefined {
  return item?.includes('@') ? bare(item).slice(0, bare(item).lastIndexOf('@')) : undefined;
}

/** An item without the brackets and quotes around it, and without its scheme. */
function bare(item: string): string {
  const plain = item.replace(/^["'<([{]+(?![0-9a-f:.]*\])/i, '').replace(/["'>)}]+$/, '');
  return (plain.includes('[') ? plain : plain.replace(/\]+["'>)}]*$/, '')).replace(SCHEME, '');
}

/** @param login of the last address of a list: a name with another one is a part of a password with a comma in it */
function addressIn(item: string, ambiguity: Ambiguity, login: string | undefined): string | undefined {
  const rest = bare(item);
  const authority = hostAndPort(rest.replace(/[/?#].*$/s, ''));
  const at = rest.lastIndexOf('@');
  if (at === -1 || isCertain(authority)) return written(authority, ambiguity);
  // An `@` within options is followed by no host.
  if (/[?#][^@]*=[^@]*@/.test(rest)) return written(authority, 'list');
  const behind = hostAndPort(rest.slice(at + 1).replace(/[/?#].*$/s, ''));
  const before = hostAndPort(rest.slice(0, rest.indexOf('@')));
  // `10.0.0.1:6379@password`: no user has the form of an address.
  const isTurned = !isCertain(behind) && before?.port !== undefined && isIPv4(before.host);
  if (login === undefined) return written(isTurned ? before : behind, 'none');
  const isPlain = behind?.port !== undefined && isIPv4(behind.host);
  return loginOf(item) === login || isPlain ? written(isTurned ? before : behind, 'user') : undefined;
}

interface HostAndPort {
  readonly host: string;
  readonly port?: string;
}

function hostAndPort(authority: string): HostAndPort | undefined {
  if (isIPv6(authority)) return { host: authority };
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?(?:@\d{1,5})?$/.exec(authority);
  if (bracketed !== null) {
    const [, host = '', port] = bracketed;
    return isIPv6(host) ? { host: `[${host}]`, ...portIn(port) } : undefined;
  }
  const [, host = '', port, more] = /^([^:@]+)(?::(\d{1,5}))?([:@].*)?$/s.exec(authority) ?? [];
  if (!HOST_NAME.test(host) || NO_HOST.test(host)) return undefined;
  // A cluster writes its second port as `10.0.0.1:6379@16379`. In `user:1234@…` the host is ambiguous.
  const isHost = more === undefined || (isIPv4(host) && /^(?:@\d{1,5}|:[^@]*)$/.test(more));
  if (!isHost || (more !== undefined && port === undefined)) return undefined;
  if (/^[\d.]+$/.test(host) && !isIPv4(host)) return undefined;
  return { host, ...portIn(port) };
}

function portIn(port: string | undefined): { port?: string } {
  return port === undefined || Number(port) > 65_535 ? {} : { port };
}

function isDotted(host: string): boolean {
  return host.includes('.') || host.startsWith('[') || isIPv6(host);
}

/** Whether an address, by its dots and its port, cannot be part of a password. */
function isCertain(address: HostAndPort | undefined): boolean {
  return address?.port !== undefined && isDotted(address.host);
}

function written(address: HostAndPort | undefined, ambiguity: Ambiguity): string | undefined {
  if (address === undefined) return undefined;
  const { host, port } = address;
  if (ambiguity === 'user' && !isCertain(address) && isIP(host) === 0) return undefined;
  if (ambiguity === 'list' && !isDotted(host) && port === undefined) return undefined;
  return port === undefined ? host : `${host}:${port}`;
}
