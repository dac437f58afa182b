import type { LookupAddress } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';

/** RFC 8305, section 5: "a default value of 250 milliseconds" between two attempts. */
const STAGGER_MS = 250;
/** Addresses of one name that are tried. No service has more, and the bound limits our connections. */
const MOST_ADDRESSES = 32;

export interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface DialOptions {
  /** In the shape of `dns.lookup`. */
  readonly lookup: LookupFunction;
  /** Ends all attempts, with the signal's reason as the error. */
  readonly signal: AbortSignal;
}

export interface Dialling extends Destination, DialOptions {}

/**
 * Connects to the first address of a name that answers (RFC 8305, "Happy Eyeballs"). Node itself gives an address up
 * for good after 250 ms. Here every attempt goes on until one has succeeded, so that a dead address costs a quarter of
 * a second, and a slow one is not lost.
 *
 * @throws the error of the lookup; the most telling error when all attempts fail; the reason of the signal
 */
export async function dial({ host, port, lookup, signal }: Dialling): Promise<Socket> {
  signal.throwIfAborted();
  const found =
    isIP(host) === 0 ? await lookedUp(host, lookup, signal) : [{ address: host, family: isIP(host) }];
  if (found.length === 0) throw Object.assign(new Error('no address'), { code: 'ENODATA' });
  return race(alternating(found).slice(0, MOST_ADDRESSES), port, signal);
}

/** All addresses of a name. */
export function lookedUp(
  host: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const { promise, resolve, reject } = Promise.withResolvers<LookupAddress[]>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  lookup(host, { all: true }, (error, found, family) => {
    signal.removeEventListener('abort', abort);
    if (error !== null) reject(error);
    else resolve(typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found);
  });
  return promise;
}

/** Addresses of both families in turn, beginning with the family of the first (RFC 8305, section 4). */
function alternating(addresses: readonly LookupAddress[]): LookupAddress[] {
  const isFirst = ({ family }: LookupAddress) => family === addresses[0]?.family;
  const [first, second] = [addresses.filter(isFirst), addresses.filter((address) => !isFirst(address))];
  return Array.from({ length: Math.max(first.length, second.length) }).flatMap((_, i) =>
    [first[i], second[i]].filter((address) => address !== undefined),
  );
}

function race(addresses: readonly LookupAddress[], port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const waiting = [...addresses];
  const open = new Set<Socket>();
  const errors: Error[] = [];
  let timer: NodeJS.Timeout | undefined;

  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    waiting.length = 0;
    for (const socket of open) socket.destroy();
  };
  const abort = (): void => {
    end();
    reject(signal.reason);
  };
  const attempt = (): void => {
    clearTimeout(timer);
    const next = waiting.shift();
    if (next === undefined) return;
    const socket = connect({ host: next.address, family: next.family, port, noDelay: true, keepAlive: true });
    open.add(socket);
    const fail = (error: Error): void => {
      open.delete(socket);
      errors.push(error);
      if (waiting.length > 0) attempt();
      else if (open.size === 0) {
        end();
        reject(mostTelling(errors));
      }
    };
    socket.once('error', fail).once('connect', () => {
      open.delete(socket);
      end();
      // The new owner of the socket has its own error listener.
      socket.off('error', fail).on('error', ignore);
      resolve(socket);
    });
    if (waiting.length > 0) timer = setTimeout(attempt, STAGGER_MS);
  };

  signal.addEventListener('abort', abort, { once: true });
  attempt();
  return promise;
}

/** Listens for errors, because a socket's error without a listener ends the process. */
function ignore(): void {}

/** Errors of a missing route on this machine, which say nothing about the other side. */
const NO_ROUTE: ReadonlySet<unknown> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
]);

function mostTelling(errors: readonly Error[]): Error {
  const isTelling = (error: Error) => !('code' in error && NO_ROUTE.has(error.code));
  return errors.find(isTelling) ?? errors[0] ?? new Error('no attempt');
}
