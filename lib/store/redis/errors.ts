import { codeOf } from '../../base/errors.ts';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { RedisAddress } from './address.ts';

/** The class of a fault, and the advice in its message. */
type StoreFault = readonly [code: StoreErrorCode, advice: string];

const NO_ANSWER =
  'did not answer in time or broke the connection: the next run tries again; if it lasts, check the network, and whether it';
const NO_ANSWER_PLAIN: StoreFault = ['unavailable', `${NO_ANSWER} wants TLS (rediss://)`];
const NO_ANSWER_TLS: StoreFault = ['unavailable', `${NO_ANSWER} has TLS (without it, write redis://)`];
const CLUSTER: StoreFault = [
  'denied',
  'is a node of a cluster: the state needs an instance without cluster mode, for instance DCS master/standby',
];
const WRONG_PASSWORD: StoreFault = [
  'denied',
  'refuses the user or the password: correct them in its address',
];
const UNTRUSTED: StoreFault = [
  'denied',
  'has a certificate that is not trusted: give the certificate of its CA in STATE_REDIS_CA, or name the file in NODE_EXTRA_CA_CERTS',
];
const NO_TLS: StoreFault = [
  'denied',
  'speaks no TLS: switch it on there, or write redis:// instead of rediss://',
];

/** The first word of an error reply, https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors. */
const BY_REPLY: Readonly<Record<string, StoreFault>> = {
  NOAUTH: ['denied', 'asks for a password: put it into its address (redis://:PASSWORD@HOST)'],
  WRONGPASS: WRONG_PASSWORD,
  NOPERM: [
    'denied',
    'does not let this user do what is needed: allow the commands and keys named in the docs',
  ],
  READONLY: [
    'unavailable',
    'is a replica and takes no writes: wait for a failover to end, or name the master',
  ],
  OOM: ['unavailable', 'has no memory left: give it more, or delete other data'],
  MISCONF: ['unavailable', 'cannot write to its disk: free some space there'],
  LOADING: ['unavailable', 'is loading its data: the next run tries again'],
  MASTERDOWN: ['unavailable', 'has lost its master: wait for a failover to end, or name the master'],
  BUSY: ['unavailable', 'is busy with a script of somebody else: the next run tries again'],
  NOREPLICAS: ['unavailable', 'has too few replicas at hand: wait until they are back'],
  UNBLOCKED: ['unavailable', 'is in a failover: the next run tries again'],
  MOVED: CLUSTER,
  ASK: CLUSTER,
  CLUSTERDOWN: CLUSTER,
  CROSSSLOT: CLUSTER,
  WRONGTYPE: ['corrupt', 'has keys of another program under our names: choose another ?prefix='],
};

/** Replies with the general `ERR`, by their words. */
const BY_WORDS: readonly (readonly [RegExp, StoreFault])[] = [
  [/invalid password|invalid username/i, WRONG_PASSWORD],
  [
    /no password is set|without any password configured/i,
    ['denied', 'has no password, but its address has one: take it out, or check which Redis this is'],
  ],
  [
    /wrong number of arguments for 'auth'/i,
    ['denied', 'knows no users (Redis 5 and older): leave the user out'],
  ],
  [/max number of clients/i, ['unavailable', 'has too many clients: close some']],
  [
    /DB index is out of range|SELECT is not allowed/i,
    ['denied', 'has no such database: correct the number in its address'],
  ],
  [
    /unknown command|unsupported command|command is disabled/i,
    ['denied', 'lacks a command that is needed: EVAL, EVALSHA, HKEYS, HMGET, HGET or WAIT'],
  ],
  [
    /cannot be used with replica/i,
    ['unavailable', 'is a replica: wait for a failover to end, or name the master'],
  ],
];

const BY_SYSTEM_CODE: Readonly<Record<string, StoreFault>> = {
  ENOTFOUND: ['unavailable', 'has a name that cannot be resolved: correct its address, or check the DNS'],
  EAI_AGAIN: ['unavailable', 'has a name that cannot be resolved: correct its address, or check the DNS'],
  ECONNREFUSED: ['unavailable', 'refuses connections: start it, or correct the port in its address'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'denied',
    'has a certificate for another name: use that name, or tell it with ?servername=NAME',
  ],
  CERT_HAS_EXPIRED: ['denied', 'has a certificate that has expired: renew it'],
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
};

/** Replies after which a new connection may reach another server, or the same one in a ready state. */
const PASSING: ReadonlySet<string> = new Set(['LOADING', 'READONLY', 'MASTERDOWN', 'UNBLOCKED']);

/** Whether a request may succeed on a new connection: the server changed its role, or the answer was incomplete. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof StoreError) return false;
  if (!isReply(error)) return faultOf(error)[0] === 'unavailable';
  return PASSING.has(wordOf(error)) || /cannot be used with replica/.test(error.message);
}

/** Whether Redis does not know the script by its hash. */
export function isUnknownScript(error: unknown): boolean {
  return isReply(error) && wordOf(error) === 'NOSCRIPT';
}

/** Whether Redis refuses a command, which it lacks or forbids to this user. */
export function isForbidden(error: unknown): boolean {
  return (
    isReply(error) &&
    (wordOf(error) === 'NOPERM' || /unknown command|unsupported|disabled/i.test(error.message))
  );
}

/**
 * Describes a fault of Redis or of the connection without their texts. Those repeat what was sent, and the client's
 * errors contain whole commands, even `AUTH`.
 */
export function toStoreError(error: unknown, { place, tls }: RedisAddress): StoreError {
  if (error instanceof StoreError) return error;
  const [code, advice] = faultOf(error, tls);
  return new StoreError(code, `The Redis at ${place} ${advice} (${nameOf(error)}).`);
}

/** @param tls whether TLS was asked for; it decides the advice alone, not the class */
function faultOf(error: unknown, tls = false): StoreFault {
  if (!isReply(error)) {
    if (isParserError(error)) return ['corrupt', 'answered, but not like Redis: check the host and the port'];
    return BY_SYSTEM_CODE[codeOf(error) ?? ''] ?? (tls ? NO_ANSWER_TLS : NO_ANSWER_PLAIN);
  }
  const found = BY_WORDS.find(([words]) => words.test(error.message));
  return BY_REPLY[wordOf(error)] ?? found?.[1] ?? ['unavailable', 'refused a request: look into its log'];
}

/** Whether an error is a reply of Redis. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Whether an answer was unreadable. The client has no class for that error. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && /^Unknown RESP type/.test(error.message);
}

/** The first word of a reply. The rest may repeat keys and arguments. */
function wordOf({ message }: Error): string {
  return /^[A-Z]{2,20}/.exec(message)?.[0] ?? '';
}

function nameOf(error: unknown): string {
  if (isReply(error)) return wordOf(error) === '' ? 'error reply' : wordOf(error);
  const code = codeOf(error) ?? '';
  if (/^[A-Z][A-Z_]{2,40}$/.test(code)) return code;
  return error instanceof Error && /timed out/i.test(error.message) ? 'time-out' : 'connection';
}
