import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { defined } from '../base/defined.ts';
import { Secret } from '../base/secret.ts';
import type { WallClock } from '../base/time/clock.ts';
import { authorizationOf, type Credentials } from '../huawei/signer.ts';
import {
  clockRefused,
  KEY_LOCKED,
  KEY_UNKNOWN,
  type Reply,
  signatureRefused,
  TOKEN_UNREADABLE,
} from './answers.ts';

/** A key as the simulated gateway knows it. */
export interface SimulatedCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

export interface Gateway {
  /** @returns the refusal of a request, nothing when it may pass. */
  refusal(request: IncomingMessage): Reply | undefined;
  /** How many requests were refused so far. */
  readonly refusals: number;
  readonly locked: boolean;
}

const WINDOW_MS = 15 * 60_000;
const LOCK_MS = 5 * 60_000;
const REFUSALS_UNTIL_LOCK = 5;

/**
 * Verifies signatures as the signing guide describes it: whatever headers a signature names, `x-sdk-date` among them; 15
 * minutes of tolerance, a lock after five refusals in a row.
 *
 * @param known is read at each request: temporary keys change
 */
export function createGateway(known: SimulatedCredentials, clock: WallClock): Gateway {
  let refusals = 0;
  let inARow = 0;
  let lockedUntil = Number.NEGATIVE_INFINITY;

  /** More than five in a row lock the key; a further one while it is locked begins the time anew. */
  function refuse(reply: Reply): Reply {
    const wasLocked = clock.now() < lockedUntil;
    refusals += 1;
    inARow += 1;
    if (inARow > REFUSALS_UNTIL_LOCK) lockedUntil = clock.now() + LOCK_MS;
    return wasLocked ? KEY_LOCKED : reply;
  }

  return {
    refusal(request) {
      const reply = verify(request, secretOf(known), clock.now());
      if (reply !== undefined) return refuse(reply);
      if (clock.now() < lockedUntil) return KEY_LOCKED;
      inARow = 0;
      return undefined;
    },
    get refusals() {
      return refusals;
    },
    get locked() {
      return clock.now() < lockedUntil;
    },
  };
}

const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,]*), SignedHeaders=([^,]*), Signature=[0-9a-f]{64}$/;
const SIGNATURE_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function verify(request: IncomingMessage, credentials: Credentials, now: number): Reply | undefined {
  const { authorization = '', ...headers } = request.headers;
  const [, accessKey, signed = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (accessKey !== credentials.accessKey.reveal()) return KEY_UNKNOWN;
  if (headers['x-security-token'] !== credentials.securityToken?.reveal()) return TOKEN_UNREADABLE;

  const names = signed.split(';');
  const date = dateOf(headers['x-sdk-date']);
  const url = URL.parse(request.url ?? '', `http://${headers.host}`);
  if (date === undefined || url === null || !names.includes('x-sdk-date')) return signatureRefused('');
  if (Math.abs(now - date.getTime()) > WINDOW_MS) return clockRefused(new Date(now).toISOString());

  const sent = { method: 'GET', url, headers: pick(headers, names), credentials } as const;
  if (authorizationOf(sent, names) === authorization) return undefined;
  return signatureRefused(`${request.method}|${request.url}|${JSON.stringify(request.headers)}`);
}

/** The signed headers: any, as long as they came along. */
function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]));
}

function dateOf(value: string | string[] | undefined): Date | undefined {
  const [, year, month, day, hour, minute, second] = SIGNATURE_DATE.exec(String(value)) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function secretOf({ accessKey, secretKey, securityToken }: SimulatedCredentials): Credentials {
  return defined({
    accessKey: new Secret(accessKey),
    secretKey: new Secret(secretKey),
    securityToken: securityToken === undefined ? undefined : new Secret(securityToken),
  });
}
