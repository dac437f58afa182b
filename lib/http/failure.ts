import { HttpError, type HttpErrorCode } from './client.ts';

/** What is wrong, and what to do about it. */
interface Reason {
  readonly code: HttpErrorCode;
  readonly what: string;
  readonly advice?: string;
}

const PORT = 'check address and port';
const SOON = 'it may pass by itself';

const REFUSED_NAME: Reason = { code: 'dns', what: 'name lookup failed', advice: SOON };
const REFUSED_TLS: Reason = {
  code: 'tls',
  what: 'TLS handshake failed',
  advice: 'TLS 1.2 or newer and a valid certificate are needed',
};
const UNKNOWN_AUTHORITY: Reason = {
  code: 'tls',
  what: 'certificate is not signed by a known authority',
  advice: 'complete its chain, or trust the authority with NODE_EXTRA_CA_CERTS',
};
const SELF_SIGNED: Reason = {
  code: 'tls',
  what: 'certificate is self-signed',
  advice: 'use a public authority, or trust its own with NODE_EXTRA_CA_CERTS',
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
  what: 'no connection in time',
  advice: 'check firewall and port',
};
const BIG_HEADERS: Reason = { code: 'too_large', what: 'headers are longer than 16 KiB', advice: PORT };
const NOT_HTTP: Reason = { code: 'protocol', what: 'answer is not valid HTTP', advice: PORT };
const NOT_SENT: Reason = {
  code: 'protocol',
  what: 'request has an invalid header or path',
  advice: 'check its headers',
};
const SHUT: Reason = { code: 'connection', what: 'the client was closed' };
const UNKNOWN: Reason = { code: 'connection', what: 'no answer', advice: PORT };

/** The words of Node (libuv, OpenSSL) and undici (UND_ERR_…). */
const REASONS: ReadonlyMap<string, Reason> = new Map([
  ['ENOTFOUND', { code: 'dns', what: 'no such name', advice: 'check the host name' }],
  ['ENODATA', { code: 'dns', what: 'the name has no address', advice: 'check the host name' }],
  ['ESERVFAIL', REFUSED_NAME],
  ['CERT_HAS_EXPIRED', { code: 'tls', what: 'certificate has expired', advice: 'have it renewed' }],
  ['CERT_NOT_YET_VALID', { code: 'tls', what: 'certificate is not valid yet', advice: 'check both clocks' }],
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
const FAMILIES: ReadonlyArray<readonly [prefix: RegExp, Reason]> = [
  [/^EAI_/, REFUSED_NAME],
  [/^(?:ERR_SSL_|ERR_TLS_)/, REFUSED_TLS],
  [/CERT|^CRL_|^UNABLE_TO_|^INVALID_(?:CA|PURPOSE)$/, { ...UNKNOWN_AUTHORITY, what: 'certificate refused' }],
];

/**
 * Turns the error of a library into ours. Nothing of it is taken but its system word (`ECONNRESET`), and that only if
 * it looks like one: messages of libraries quote addresses and input.
 *
 * @param ms from the call to the failure
 */
export function failure(error: unknown, host: string, ms: number): HttpError {
  if (error instanceof HttpError) return new HttpError({ ...error, host, ms, message: error.message });
  const detail = systemWord(error);
  const { code, what, advice } = isParserError(error) ? NOT_HTTP : reasonOf(detail);
  const word = detail === undefined ? '' : ` (${detail})`;
  const todo = advice === undefined ? '' : `; ${advice}`;
  return new HttpError({ code, host, detail, ms, message: `${host}: ${what}${word}${todo}` });
}

/** undici means to give each error of its parser a word of its own (HPE_…); 8.12 gives none. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function reasonOf(word: string | undefined): Reason {
  if (word === undefined) return UNKNOWN;
  return REASONS.get(word) ?? FAMILIES.find(([prefix]) => prefix.test(word))?.[1] ?? UNKNOWN;
}

const SYSTEM_WORD = /^[A-Z][A-Z0-9_]{1,63}$/;

function systemWord(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return SYSTEM_WORD.test(error.code) ? error.code : undefined;
}

const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** True when a connection that had been open broke. */
export function isBroken(error: unknown): boolean {
  const word = systemWord(error);
  return word !== undefined && BROKEN.has(word);
}
