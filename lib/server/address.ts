import { BlockList, isIP } from 'node:net';

/** Where to listen. */
export interface ListenAddress {
  /** An IP address. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Only programs of this machine get there. */
  readonly isLoopback: boolean;
}

const LOOPBACK = '127.0.0.1';
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const LONGEST_PORT = 65_535;

/**
 * @param text `8080`, `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`
 * @returns the problem in a few words, where it is no such address
 */
export function parseListenAddress(text: string): ListenAddress | { readonly problem: string } {
  const [, named = LOOPBACK, digits = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (digits === '' || Number(digits) > LONGEST_PORT) return { problem: EXPECTED };
  const host = named === 'localhost' ? LOOPBACK : unbracketed(named);
  const version = isIP(host);
  if (version === 0) return { problem: EXPECTED };
  const isLoopback = loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
  return { host, port: Number(digits), isLoopback };
}

const EXPECTED =
  'expects a port or an IP address with a port: 8080, 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080';

/** `::1:8080` would leave open where the port begins. */
function unbracketed(host: string): string {
  if (/^\[.*\]$/.test(host)) return host.slice(1, -1);
  return host.includes(':') ? '' : host;
}

/** `http://[::1]:8080/` */
export function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

/** A page of elsewhere whose name was made to mean this machine sends its own name (DNS rebinding). */
export function isLoopbackName(hostHeader: string | undefined): boolean {
  return (
    hostHeader !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(hostHeader)
  );
}
