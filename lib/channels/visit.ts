import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { defined } from '../base/defined.ts';
import { type ClientCertificate, type HttpClient, HttpError } from '../http/client.ts';
import { failure } from '../http/failures/failure.ts';
import { plainHost, portOf } from '../http/proxies.ts';
import { privateRangeOf } from '../huawei/regions.ts';

/**
 * The result of a visit, which opens a connection to a service, as an attempt does, and closes it without sending:
 * `unreached` (unknown name, no connection) · `insecure` (TLS) · `refused` (the sign-in) · `open`. The reason names the
 * problem and, behind `; `, the remedy.
 */
export type Visit =
  | { readonly kind: 'unreached' | 'insecure' | 'refused'; readonly reason: string }
  | { readonly kind: 'open'; readonly tls?: TlsFacts; readonly isSignedIn?: true };

/** The result of a handshake. */
export interface TlsFacts {
  /** `TLSv1.3`; absent where a library made the connection. */
  readonly version?: string;
  /** The end of the certificate's validity, in milliseconds since the epoch. */
  readonly validUntil?: number;
}

export interface VisitDeps {
  readonly http: HttpClient;
  /** Ends the visit. */
  readonly signal: AbortSignal;
}

/** The address of a channel over HTTP. A visit uses only its host and port. */
export interface Destination {
  readonly url: URL;
  readonly allowInsecure: boolean;
  readonly clientCertificate?: ClientCertificate | undefined;
}

/** Time to listen after the handshake, because a server refuses a missing client certificate only then (TLS 1.3). */
const LISTEN_MS = 300;

/** Visits a service that speaks HTTP: name, proxy, connection, TLS. */
export async function visitHttp(destination: Destination, { http, signal }: VisitDeps): Promise<Visit> {
  const { url, allowInsecure, clientCertificate } = destination;
  const isSecure = url.protocol === 'https:';
  const target = defined<Parameters<NonNullable<HttpClient['openSocket']>>[0]>({
    host: plainHost(url.hostname),
    port: portOf(url),
    isSecure,
    isPlainHttp: isSecure ? undefined : true,
  });
  const limits = { allowInsecure, clientCertificate, privateRange: privateRangeOf(url.hostname), signal };
  try {
    if (http.openSocket === undefined) throw new TypeError('this client opens no connections');
    const socket = await http.openSocket(target, limits);
    return await leave(socket, destination);
  } catch (error) {
    return visitThatFailed(error);
  }
}

/** @throws {HttpError} when the server refuses the connection after the handshake */
async function leave(socket: Socket, destination: Destination): Promise<Visit> {
  try {
    const tls = tlsFactsOf(socket);
    if (tls !== undefined) await quiet(socket, destination);
    return defined({ kind: 'open' as const, tls });
  } finally {
    socket.destroy();
  }
}

function tlsFactsOf(socket: Socket): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const validUntil = Date.parse(socket.getPeerCertificate().valid_to);
  return defined<TlsFacts>({
    version: socket.getProtocol() ?? undefined,
    validUntil: Number.isNaN(validUntil) ? undefined : validUntil,
  });
}

/** Resolves when the server has stayed silent for a moment, or has closed the connection without an error. */
function quiet(socket: Socket, { url, clientCertificate }: Destination): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LISTEN_MS);
  const refused = (error: Error) =>
    reject(
      failure(error, {
        url,
        ms: 0,
        isFirstContact: true,
        showedCertificate: clientCertificate !== undefined,
      }),
    );
  socket
    .once('error', refused)
    .once('close', () => resolve())
    .resume();
  return promise.finally(() => clearTimeout(timer));
}

/** The result of a visit that ended with an error of the HTTP client. */
export function visitThatFailed(error: unknown): Visit {
  if (!(error instanceof HttpError)) return { kind: 'unreached', reason: LATE };
  return { kind: error.code === 'tls' ? 'insecure' : 'unreached', reason: error.message };
}

/** The reason of an aborted visit: any error other than `HttpError` comes from the signal. */
const LATE = 'no connection in time; check host, port and firewall';
