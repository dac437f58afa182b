import { defined } from '../../base/defined.ts';
import { type Explanation, type Phrase, phrase } from '../../base/explanation.ts';
import type { HttpErrorCode } from '../client.ts';
import { type FaultCode, faultWords } from '../faults.ts';

/** A fault with its remedy. */
export interface Reason {
  readonly code: HttpErrorCode;
  /** The fault. A second one is its cause, such as a refused connection to a proxy. */
  readonly what: readonly Phrase<FaultCode>[];
  readonly advice: readonly Phrase<FaultCode>[];
  /** Set when the proxy failed, which `what` says. */
  readonly isOfProxy?: true;
}

function reason(code: HttpErrorCode, what: FaultCode, ...advice: readonly FaultCode[]): Reason {
  return { code, what: [phrase(what)], advice: advice.map((one) => phrase(one)) };
}

const REFUSED_NAME = reason('dns', 'lookup_failed', 'often_temporary');
const REFUSED_TLS = reason('tls', 'tls_failed', 'tls_needs');
const UNKNOWN_AUTHORITY = reason('tls', 'authority_unknown', 'add_authority');
const SELF_SIGNED = reason('tls', 'self_signed', 'add_certificate');
const CLOSED = reason('connection', 'closed_early', 'often_temporary');
const UNREACHABLE = reason('connection', 'not_reachable', 'check_routes');
const NO_CONNECTION = reason('timeout', 'connection_timed_out', 'check_firewall');
const BIG_HEADERS = reason('too_large', 'headers_too_long', 'check_address');
const NOT_HTTP = reason('protocol', 'not_http', 'check_address');
const NOT_SENT = reason('protocol', 'request_invalid', 'check_headers');
const NOT_TLS = reason('tls', 'plain_http', 'use_http');
const SPEAKS_TLS = reason('protocol', 'speaks_tls', 'use_https');
const NO_AGREEMENT = reason('tls', 'handshake_refused', 'other_tls');
const CLIENT_CERTIFICATE_WANTED = reason('tls', 'certificate_required', 'set_certificate');
const CLIENT_CERTIFICATE_REFUSED = reason('tls', 'own_certificate_refused', 'check_certificate');
const SHUT = reason('connection', 'client_closed');
const UNKNOWN = reason('connection', 'no_answer', 'check_address');

/** Reasons by the words of Node (libuv, OpenSSL) and undici (UND_ERR_…). */
const REASONS: ReadonlyMap<string, Reason> = new Map([
  ['ENOTFOUND', reason('dns', 'name_not_found', 'check_name')],
  ['ENODATA', reason('dns', 'no_addresses', 'check_name')],
  ['ESERVFAIL', REFUSED_NAME],
  ['CERT_HAS_EXPIRED', reason('tls', 'certificate_expired', 'renew_it')],
  ['CERT_NOT_YET_VALID', reason('tls', 'certificate_too_early', 'check_clocks')],
  ['ERR_TLS_CERT_ALTNAME_INVALID', reason('tls', 'certificate_of_another', 'check_name')],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', SELF_SIGNED],
  ['SELF_SIGNED_CERT_IN_CHAIN', SELF_SIGNED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['EPROTO', REFUSED_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NOT_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NOT_TLS],
  ['ERR_SSL_HTTP_REQUEST', NOT_TLS],
  ['ECONNREFUSED', reason('connection', 'connection_refused', 'check_address')],
  ['ECONNRESET', CLOSED],
  ['EPIPE', CLOSED],
  ['UND_ERR_SOCKET', CLOSED],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', CLOSED],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['ETIMEDOUT', NO_CONNECTION],
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['UND_ERR_HEADERS_OVERFLOW', BIG_HEADERS],
  ['UND_ERR_INVALID_ARG', NOT_SENT],
  ['UND_ERR_NOT_SUPPORTED', NOT_SENT],
  ['UND_ERR_DESTROYED', SHUT],
  ['UND_ERR_CLOSED', SHUT],
]);

/** Reasons of families of words that are too large to list. */
const FAMILIES: ReadonlyArray<readonly [form: RegExp, Reason]> = [
  [/^EAI_/, REFUSED_NAME],
  [/_ALERT_HANDSHAKE_FAILURE$/, NO_AGREEMENT],
  [/_ALERT_(?:CERTIFICATE_REQUIRED|NO_CERTIFICATE)$/, CLIENT_CERTIFICATE_WANTED],
  // The other side sends an alert about our certificate.
  [
    /_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:EXPIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/,
    CLIENT_CERTIFICATE_REFUSED,
  ],
  [/^(?:ERR_SSL_|ERR_TLS_)/, REFUSED_TLS],
  [/CERT|^CRL_|^UNABLE_TO_|^INVALID_(?:CA|PURPOSE)$/, reason('tls', 'certificate_refused', 'add_authority')],
];

/** A failed connection, by our codes. It stays within this room and leaves it as an HttpError. */
export class Fault extends Error {
  readonly reason: Reason;
  /** A system word, when there is one. */
  readonly detail: string | undefined;

  constructor(reason: Reason, detail?: string) {
    super(faultWords({ what: reason.what }));
    this.reason = reason;
    this.detail = detail;
  }
}

/** The explanation of a fault with its remedy: `connection refused (ECONNREFUSED); check the address and port`. */
export function explain({ reason, detail: word }: Fault): Explanation<FaultCode> {
  const { what, advice } = reason;
  return defined({ what, word, advice: advice.length === 0 ? undefined : advice });
}

/** The meaning of a library's error. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const detail = systemWord(error);
  if (isParserError(error)) return new Fault(speaksTls(error) ? SPEAKS_TLS : NOT_HTTP, detail);
  return new Fault(reasonOf(detail), detail);
}

/** Whether an error comes from undici's parser. Undici 8.12 gives such errors no word of their own (HPE_…). */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HTTPParserError';
}

const TLS_RECORDS = ['\u0015\u0003', '\u0016\u0003'];

/** Whether the unreadable answer begins like an alert or a handshake of TLS (RFC 8446, 5.1). */
function speaksTls(error: Error): boolean {
  const data = 'data' in error && typeof error.data === 'string' ? error.data : '';
  return TLS_RECORDS.some((start) => data.startsWith(start));
}

function reasonOf(word: string | undefined): Reason {
  if (word === undefined) return UNKNOWN;
  return REASONS.get(word) ?? FAMILIES.find(([form]) => form.test(word))?.[1] ?? UNKNOWN;
}

/** The form of a system word. Some of OpenSSL 3.5 contain a slash (`ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`). */
const SYSTEM_WORD = /^[A-Z][A-Z0-9_/]{1,63}$/;

/** The code of an error (`ECONNRESET`), if it looks like one: messages of libraries quote addresses and input. */
export function systemWord(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return SYSTEM_WORD.test(error.code) ? error.code : undefined;
}
