import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { phrase } from '../base/explanation.ts';
import { HttpError } from './client.ts';
import { FAULTS, type FaultCode } from './faults.ts';

/**
 * The fault of a URL as an address to connect to, in a few words without the URL; `undefined` if there is none.
 *
 * A literal address is checked by what it means, however it is spelled: the WHATWG parser turns decimal, hexadecimal,
 * octal and short forms into the plain one. A name is checked again by {@link guardedLookup} when it is connected to.
 *
 * @param options.allowInsecure permits `http:` and addresses that are not public; never a user name
 * @example
 * urlProblem('https://0x7f.1/', { allowInsecure: false }); // 'points to a private or loopback address (…)'
 */
export function urlProblem(
  url: string | URL,
  { allowInsecure }: { readonly allowInsecure: boolean },
): string | undefined {
  const fault = urlFault(typeof url === 'string' ? URL.parse(url) : url, allowInsecure);
  return fault && FAULTS[fault].slice(SUBJECT.length);
}

/** These faults begin so; in a configuration the setting that has one is their subject. */
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

/** No real top-level domain is a number: such a host is an address that some resolver may still understand. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/** False for hosts of which it is certain without a lookup that they are not public. */
function mayBePublic(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicAddress(hostname.slice(1, -1));
  const host = hostname.endsWith('.') ? hostname.replace(/\.+$/, '') : hostname;
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host !== '' && host !== 'localhost' && !host.endsWith('.localhost') && !ENDS_IN_NUMBER.test(host);
}

/**
 * True only for addresses that are reachable from the whole internet. Everything in the IANA special-purpose
 * registries is not, nor is any IPv6 form that carries an IPv4 address inside (mapped, compatible, NAT64, 6to4,
 * Teredo), whatever that address is.
 *
 * @param address in the form that a lookup answers with; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  // A zone id makes sense only for addresses of the local link.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || isGlobalUnicast(parsed);
}

/** 2000::/3 is all that IANA has handed out; ipaddr.js calls unassigned space (with ::a.b.c.d) unicast too. */
function isGlobalUnicast(address: ipaddr.IPv6): boolean {
  return (address.parts[0] ?? 0) >> 13 === 1;
}

/**
 * A lookup that answers only with public addresses: if any address of a name is not public, none is used. The socket
 * connects to exactly the addresses that were checked, so a name cannot change its meaning in between.
 *
 * @param lookup in the shape of `dns.lookup`
 * @param privateRange a range (CIDR) that is permitted besides
 * @returns the same shape; calls back with an {@link HttpError} `blocked_address` or `dns`, or the lookup's own error
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

/** Some lookups answer with one address although all were asked for. */
function listed(found: string | LookupAddress[], family: number | undefined): LookupAddress[] {
  return typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
}
