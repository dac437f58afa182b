import type { Socket } from 'node:net';
import { WatchError } from '../base/errors.ts';
import type { Explanation } from '../base/explanation.ts';
import type { Secret } from '../base/secret.ts';
import { type FaultCode, faultWords } from './faults.ts';

/**
 * The content of a request. It shares no type with {@link HttpLimits}, so that a payload can never change its
 * transport.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The rules for sending a request. */
export interface HttpLimits {
  /** Milliseconds for everything together: lookup, connection, request, answer with its body. */
  readonly timeoutMs: number;
  /** The largest body of an answer, in bytes after decompression. */
  readonly maxBodyBytes: number;
  /**
   * `fail`: a longer body fails with `too_large`, an unreadable one with its fault. `truncate`: the part that was read
   * is kept, because only the status matters.
   */
  readonly oversize: 'fail' | 'truncate';
  /** Permits `http:` and private, loopback and link-local addresses. */
  readonly allowInsecure: boolean;
  /** A private range (`100.125.0.0/16`) that names may resolve to, as well as to public addresses. */
  readonly privateRange?: string;
  /** The certificate for a server that asks for one. */
  readonly clientCertificate?: ClientCertificate;
  /** Ends the request, which then fails with `connection`. */
  readonly signal?: AbortSignal;
}

/** The certificate and key that identify this program to a server (PEM). */
export interface ClientCertificate {
  /** The certificate, with the chain to its authority. */
  readonly cert: Secret;
  /** Its private key, not encrypted. */
  readonly key: Secret;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was cut (only with `oversize: 'truncate'`). */
  readonly truncated: boolean;
  /** Milliseconds from the call to the last byte. */
  readonly ms: number;
}

/** Sends HTTP requests without following redirects: a 3xx is an ordinary answer. */
export interface HttpClient {
  /** @throws {HttpError} when there is no answer; every status is an answer */
  request(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse>;
  /** Opens connections for other protocols; absent in clients for HTTP alone. */
  readonly openSocket?: OpenSocket;
  close(): Promise<void>;
}

/** A server of another protocol. */
export interface SocketTarget {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
  /** Set for plain HTTP. A proxy for `http:` forwards requests itself, so the connection ends at the proxy. */
  readonly isPlainHttp?: true;
}

export interface SocketLimits {
  /** Permits private, loopback and link-local addresses. */
  readonly allowInsecure: boolean;
  /** As in {@link HttpLimits}. */
  readonly privateRange?: string | undefined;
  /** As in {@link HttpLimits}. */
  readonly clientCertificate?: ClientCertificate | undefined;
  /** Ends the attempt to connect. The open connection belongs to the caller. */
  readonly signal: AbortSignal;
}

/** @throws {HttpError} when there is no connection */
export type OpenSocket = (target: SocketTarget, limits: SocketLimits) => Promise<Socket>;

/**
 * The cause of a missing answer: `timeout` (the limit passed) · `dns` (no such name) · `tls` (certificate or handshake
 * refused) · `blocked_address` (private or insecure address) · `connection` (refused, reset, closed, given up) ·
 * `too_large` (body or headers over the cap) · `protocol` (not HTTP, undecodable body).
 */
export type HttpErrorCode =
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'blocked_address'
  | 'connection'
  | 'too_large'
  | 'protocol';

/** A missing answer. It contains the host and the reason, never the URL, headers, body or the library's error. */
export class HttpError extends WatchError {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  readonly host: string;
  /** A system word such as `ECONNRESET` or `CERT_HAS_EXPIRED`, when there is one. */
  readonly detail: string | undefined;
  /** Milliseconds from the call to the failure. */
  readonly ms: number;
  /** The message as codes; absent for a foreign message. */
  readonly explanation: Explanation<FaultCode> | undefined;

  constructor(facts: {
    code: HttpErrorCode;
    host: string;
    detail?: string | undefined;
    ms: number;
    /** Default: the words of the explanation. */
    message?: string;
    explanation?: Explanation<FaultCode> | undefined;
  }) {
    super(facts.message ?? faultWords(facts.explanation ?? { at: facts.host }));
    this.code = facts.code;
    this.host = facts.host;
    this.detail = facts.detail;
    this.ms = facts.ms;
    this.explanation = facts.explanation;
  }
}
