import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { phrase } from '../base/explanation.ts';
import { HttpError } from './client.ts';
import { FAULTS, type FaultCode } from './faults.ts';

/**
 * The reason not to connect to a URL, in a few words without the URL; `undefined` if there is none.
 *
 * A literal address is checked in any spelling: the WHATWG parser turns decimal, hexadecimal, octal and short forms
 * into the plain one. {@link guardedLookup} checks a name again at the time of the connection.
 *
 * @param options.allowInsecure permits `http:` and addresses that are not public; never a user name
 * @example urlProblem('https://0x7f.1/', { allowInsecure: false }); // 'points to a private or loopback address (…)'
 */
export function urlProblem(
  url: string | URL,
  { allowInsecure }: { readonly allowInsecure: boolean },
): string | undefined {
  const fault = urlFault(typeof url === 'string' ? URL.parse(url) : url, allowInsecure);
  return fault && FAULTS[fault].slice(SUBJECT.length);
}

/** The beginning of these faults. In a configuration the name of the setting replaces it. */
const SUBJECT = 'the address ';

function urlFault(url: URL | null, allowInsecure: boolean): FaultCode | undefined {
  if (url === null) return 'no_url';
  if (url.protocol === 'http:' && !allowInsecure) return 'https_or_permit';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'https_only';
  if (url.username !== '' || url.password !== '') return 'no_user';
  return allowInsecure || mayBePublic(url.hostname) ? undefined : 'private_address';
}

/** @returns the error of a request to an address that is not permitted */
export function blockedAddress(
  url: URL,
  { allowInsecure }: { readonly allowInsecure: boolean },
): HttpError | undefined {
  const fault = urlFault(url, allowInsecure);
  if (fault === undefined) return undefined;
  const explanation = { at: url.host, what: [phrase(fault)] };
  return new HttpError({ code: 'blocked_address', host: url.host, ms: 0, explanation });
}

/** Matches hosts that end in a number. No top-level domain does, but some resolvers read such a host as an address. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/** False for hosts that are surely not public, without a lookup. */
function mayBePublic(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicAddress(hostname.slice(1, -1));
  const host = hostname.endsWith('.') ? hostname.replace(/\.+$/, '') : hostname;
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host !== '' && host !== 'localhost' && !host.endsWith('.localhost') && !ENDS_IN_NUMBER.test(host);
}

/**
 * True only for addresses that are reachable from the whole internet. Addresses in the IANA special-purpose registries
 * are not public, nor is any IPv6 form with an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo).
 *
 * @param address in the form of a lookup's answer; any other text is not public
 */
export function isPublicAddress(address: string): boolean {
  // Only link-local addresses have a zone id.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || isGlobalUnicast(parsed);
}

/**
 * Whether an address is in 2000::/3, the only space that IANA has assigned. ipaddr.js also calls unassigned space (with
 * ::a.b.c.d) unicast.
 */
function isGlobalUnicast(address: ipaddr.IPv6): boolean {
  return (address.parts[0] ?? 0) >> 13 === 1;
}

/**
 * A lookup that refuses a name unless all its addresses are public. The socket connects to exactly the checked
 * addresses, so a name cannot change its meaning in between.
 *
 * @param lookup in the shape of `dns.lookup`
 * @param privateRange a further permitted range (CIDR)
 * @returns a lookup of the same shape, which calls back with an {@link HttpError} `blocked_address` or `dns`, or the
 * lookup's own error
 */
export function guardedLookup(lookup: LookupFunction, privateRange?: string): LookupFunction {
  const isPermitted = (address: string): boolean =>
    isPublicAddress(address) || isWithin(address, privateRange);
  return (host, options, callback) => {
    const started = performance.now();
    const refuse = (code: 'blocked_address' | 'dns', fault: FaultCode) => {
      const explanation = { at: host, what: [phrase(fault)] };
      callback(new HttpError({ code, host, ms: performance.now() - started, explanation }), []);
    };

    lookup(host, { ...options, all: true }, (error, found, family) => {
      if (error !== null) return callback(error, []);
      const addresses = listed(found, family);
      const [first] = addresses;
      if (first === undefined) return refuse('dns', 'no_address');
      if (!addresses.every(({ address }) => isPermitted(address))) {
        return refuse('blocked_address', 'resolves_private');
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isWithin(address: string, range: string | undefined): boolean {
  if (range === undefined || !ipaddr.isValid(address) || address.includes('%')) return false;
  const [first, bits] = ipaddr.parseCIDR(range);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === first.kind() && parsed.match(first, bits);
}

/** The answer as a list. Some lookups answer with one address although the call asked for all. */
function listed(found: string | LookupAddress[], family: number | undefined): LookupAddress[] {
  return typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
}
