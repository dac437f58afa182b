import type { HttpErrorCode } from './client.ts';

/** The fault, and what to do about it. */
export interface Reason {
  readonly code: HttpErrorCode;
  readonly what: string;
  readonly advice?: string;
  /** It is the proxy that failed, and `what` says so. */
  readonly isOfProxy?: true;
}

const PORT = 'check the address and port';
const SOON = 'this is often temporary';

const REFUSED_NAME: Reason = { code: 'dns', what: 'DNS lookup failed', advice: SOON };
const REFUSED_TLS: Reason = {
  code: 'tls',
  what: 'TLS handshake failed',
  advice: 'the server needs TLS 1.2 or newer and a valid certificate',
};
const UNKNOWN_AUTHORITY: Reason = {
  code: 'tls',
  what: 'certificate is not signed by a known authority',
  advice: 'have the server send the full chain, or add the authority with NODE_EXTRA_CA_CERTS',
};
const SELF_SIGNED: Reason = {
  code: 'tls',
  what: 'certificate is self-signed',
  advice: 'use a certificate of a public authority, or add this one with NODE_EXTRA_CA_CERTS',
};
const CLOSED: Reason = {
  code: 'connection',
  what: 'connection closed before the answer was complete',
  advice: SOON,
};
const UNREACHABLE: Reason = {
  code: 'connection',
  what: 'not reachable from here',
  advice: 'check routes and firewall',
};
const NO_CONNECTION: Reason = {
  code: 'timeout',
  what: 'connection timed out',
  advice: 'check firewall and port',
};
const BIG_HEADERS: Reason = { code: 'too_large', what: 'headers are longer than 16 KiB', advice: PORT };
const NOT_HTTP: Reason = { code: 'protocol', what: 'answer is not valid HTTP', advice: PORT };
const NOT_SENT: Reason = {
  code: 'protocol',
  what: 'request has an invalid header or path',
  advice: 'check its headers',
};
const NOT_TLS: Reason = {
  code: 'tls',
  what: 'this port probably speaks plain HTTP, not TLS',
  advice: 'check the port, or use http:// with allowInsecure: true',
};
const SPEAKS_TLS: Reason = {
  code: 'protocol',
  what: 'this port speaks TLS, not plain HTTP',
  advice: 'use https://',
};
const NO_AGREEMENT: Reason = {
  code: 'tls',
  what: 'the server refused the TLS handshake',
  advice:
    'it may require a client certificate (clientCertificate), or a TLS version or cipher that is not offered',
};
const CLIENT_CERTIFICATE_WANTED: Reason = {
  code: 'tls',
  what: 'the server requires a client certificate',
  advice: 'set clientCertificate on the channel',
};
const CLIENT_CERTIFICATE_REFUSED: Reason = {
  code: 'tls',
  what: 'the server refused the client certificate',
  advice: 'check clientCertificate, and which authorities the server trusts',
};
const SHUT: Reason = { code: 'connection', what: 'the client was closed' };
const UNKNOWN: Reason = { code: 'connection', what: 'no answer', advice: PORT };

/** The words of Node (libuv, OpenSSL) and undici (UND_ERR_…). */
const REASONS: ReadonlyMap<string, Reason> = new Map([
  ['ENOTFOUND', { code: 'dns', what: 'host name not found', advice: 'check the host name' }],
  ['ENODATA', { code: 'dns', what: 'the host name has no address', advice: 'check the host name' }],
  ['ESERVFAIL', REFUSED_NAME],
  ['CERT_HAS_EXPIRED', { code: 'tls', what: 'certificate has expired', advice: 'renew it' }],
  [
    'CERT_NOT_YET_VALID',
    { code: 'tls', what: 'certificate is not valid yet', advice: 'check the clocks on both sides' },
  ],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    { code: 'tls', what: 'certificate is for another host', advice: 'check the host name' },
  ],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', SELF_SIGNED],
  ['SELF_SIGNED_CERT_IN_CHAIN', SELF_SIGNED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['EPROTO', REFUSED_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NOT_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NOT_TLS],
  ['ERR_SSL_HTTP_REQUEST', NOT_TLS],
  ['ECONNREFUSED', { code: 'connection', what: 'connection refused', advice: PORT }],
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

/** Words that come in families too large to list. */
const FAMILIES: ReadonlyArray<readonly [form: RegExp, Reason]> = [
  [/^EAI_/, REFUSED_NAME],
  [/_ALERT_HANDSHAKE_FAILURE$/, NO_AGREEMENT],
  [/_ALERT_(?:CERTIFICATE_REQUIRED|NO_CERTIFICATE)$/, CLIENT_CERTIFICATE_WANTED],
  // An alert is what the other side says of us.
  [
    /_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:EXPIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/,
    CLIENT_CERTIFICATE_REFUSED,
  ],
  [/^(?:ERR_SSL_|ERR_TLS_)/, REFUSED_TLS],
  [/CERT|^CRL_|^UNABLE_TO_|^INVALID_(?:CA|PURPOSE)$/, { ...UNKNOWN_AUTHORITY, what: 'certificate refused' }],
];

/** A connection that failed, in words of ours. Stays within this room: outside it is an HttpError. */
export class Fault extends Error {
  readonly reason: Reason;
  /** A system word, when there is one. */
  readonly detail: string | undefined;

  constructor(reason: Reason, detail?: string) {
    super(reason.what);
    this.reason = reason;
    this.detail = detail;
  }
}

/**
 * The fault, and what to do: `connection refused (ECONNREFUSED); check the address and port`.
 *
 * @param way follows what is wrong
 * @param hint follows what to do
 */
export function wordsOf({ reason, detail }: Fault, way = '', hint?: string): string {
  const word = detail === undefined ? '' : ` (${detail})`;
  const advice = [reason.advice, hint].filter((text) => text !== undefined);
  return [`${reason.what}${word}${reason.isOfProxy ? '' : way}`, ...advice].join('; ');
}

/** The meaning of a library's error. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const detail = systemWord(error);
  if (isParserError(error)) return new Fault(speaksTls(error) ? SPEAKS_TLS : NOT_HTTP, detail);
  return new Fault(reasonOf(detail), detail);
}

/** undici means to give each error of its parser a word of its own (HPE_…); 8.12 gives none. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HTTPParserError';
}

const TLS_RECORDS = ['\u0015\u0003', '\u0016\u0003'];

/** The unreadable answer begins like an alert or a handshake of TLS (RFC 8446, 5.1). */
function speaksTls(error: Error): boolean {
  const data = 'data' in error && typeof error.data === 'string' ? error.data : '';
  return TLS_RECORDS.some((start) => data.startsWith(start));
}

function reasonOf(word: string | undefined): Reason {
  if (word === undefined) return UNKNOWN;
  return REASONS.get(word) ?? FAMILIES.find(([form]) => form.test(word))?.[1] ?? UNKNOWN;
}

/** OpenSSL 3.5 has a slash in some of its own (`ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`). */
const SYSTEM_WORD = /^[A-Z][A-Z0-9_/]{1,63}$/;

/** The code of an error (`ECONNRESET`), if it looks like one: messages of libraries quote addresses and input. */
export function systemWord(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return SYSTEM_WORD.test(error.code) ? error.code : undefined;
}
