import type { Socket } from 'node:net';
import { WatchError } from '../base/errors.ts';
import type { Explanation } from '../base/explanation.ts';
import type { Secret } from '../base/secret.ts';
import { type FaultCode, faultWords } from './faults.ts';

/** The request. It shares no type with {@link HttpLimits}: a payload can never change how it is transported. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How it is sent. */
export interface HttpLimits {
  /** For everything together: name lookup, connection, request, answer with its body. Milliseconds. */
  readonly timeoutMs: number;
  /** The most bytes of the answer's body that are read, counted after decompression. */
  readonly maxBodyBytes: number;
  /** A longer or unreadable body fails with `too_large`, or is kept as far as it was read (the status decides). */
  readonly oversize: 'fail' | 'truncate';
  /** Permits `http:` and private, loopback and link-local addresses. */
  readonly allowInsecure: boolean;
  /** A private range (`100.125.0.0/16`) that names may lead to as well as to public addresses. */
  readonly privateRange?: string;
  /** Shown to a server that asks for one. */
  readonly clientCertificate?: ClientCertificate;
  /** Ends the request, which then fails with `connection`. */
  readonly signal?: AbortSignal;
}

/** The certificate and key that prove to a server who we are (PEM). */
export interface ClientCertificate {
  /** The certificate, and those that lead to its authority. */
  readonly cert: Secret;
  /** Its private key, not encrypted. */
  readonly key: Secret;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when the body was cut (only with `oversize: 'truncate'`). */
  readonly truncated: boolean;
  /** From the call to the last byte. Milliseconds. */
  readonly ms: number;
}

/** A connection to the network that speaks HTTP and follows no redirects: a 3xx is an answer like any other. */
export interface HttpClient {
  /** @throws {HttpError} when there is no answer; any status is an answer. */
  request(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse>;
  /** For other protocols; absent in clients that speak HTTP alone. */
  readonly openSocket?: OpenSocket;
  close(): Promise<void>;
}

/** A server that speaks another protocol. */
export interface SocketTarget {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
  /** It speaks plain HTTP: a proxy for `http:` passes requests on itself, so the proxy is all that is connected to. */
  readonly isPlainHttp?: true;
}

export interface SocketLimits {
  /** Permits private, loopback and link-local addresses. */
  readonly allowInsecure: boolean;
  /** As in {@link HttpLimits}. */
  readonly privateRange?: string | undefined;
  /** As in {@link HttpLimits}. */
  readonly clientCertificate?: ClientCertificate | undefined;
  /** Ends the attempt to connect; the connection itself is its owner's. */
  readonly signal: AbortSignal;
}

/** @throws {HttpError} when there is no connection */
export type OpenSocket = (target: SocketTarget, limits: SocketLimits) => Promise<Socket>;

/**
 * Why there was no answer:
 * `timeout` (the limit passed) · `dns` (no such name) · `tls` (certificate or handshake refused) ·
 * `blocked_address` (private or insecure address) · `connection` (refused, reset, closed, given up) ·
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

/** No answer. Carries the host and the reason, never the URL, headers, body or the library's own error. */
export class HttpError extends WatchError {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  readonly host: string;
  /** A system word such as `ECONNRESET` or `CERT_HAS_EXPIRED`, when there is one. */
  readonly detail: string | undefined;
  /** Milliseconds from the call to the failure. */
  readonly ms: number;
  /** The message as codes; absent where it is not of ours. */
  readonly explanation: Explanation<FaultCode> | undefined;

  constructor(facts: {
    code: HttpErrorCode;
    host: string;
    detail?: string | undefined;
    ms: number;
    /** Absent: the words of the explanation. */
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
