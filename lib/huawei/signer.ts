import { createHmac, hash } from 'node:crypto';
import { compareText } from '../base/compare.ts';
import { defined } from '../base/defined.ts';
import type { Secret } from '../base/secret.ts';

/** An access key. Temporary ones come with a security token, and are only good together with it. */
export interface Credentials {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  readonly securityToken?: Secret | undefined;
}

export interface SignableRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** The signed headers, lower-case names. Headers that need no signature are added to the result. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials: Credentials;
}

const ALGORITHM = 'SDK-HMAC-SHA256';
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Signs a request with an access key after Huawei Cloud's signing guide (SDK-HMAC-SHA256). The gateway refuses a
 * signature whose time is more than 15 minutes off its own, and verifies exactly the headers that the signature names.
 * `content-type` is best left unsigned: the official SDKs do not agree on it.
 *
 * @param now the moment of signing; seconds are the finest that the signature knows.
 * @returns the given headers with `host`, `x-sdk-date`, `authorization`, and for temporary credentials
 *   `x-security-token`.
 */
export function sign(request: SignableRequest, now: Date): Record<string, string> {
  const { method, url, body, credentials } = request;
  const date = signatureDate(now);
  const headers: Record<string, string> = { ...request.headers, host: url.host, 'x-sdk-date': date };
  if (credentials.securityToken !== undefined) {
    headers['x-security-token'] = credentials.securityToken.reveal();
  }

  headers['authorization'] = authorizationOf(
    defined({ method, url, headers, credentials, body }),
    Object.keys(headers).sort(),
  );
  return headers;
}

/**
 * The `Authorization` of a request in which exactly these headers are signed. Clients differ in what they sign (the Go SDK
 * never signs `host`); the gateway verifies what the signature names, and demands `x-sdk-date` only.
 *
 * @param names of the signed headers, lower case, in the order in which the signature names them
 */
export function authorizationOf(
  { method, url, headers, body, credentials }: SignableRequest,
  names: readonly string[],
): string {
  const signedHeaders = names.join(';');
  const query = url.search === '' ? '' : canonicalQuery(url.searchParams);
  const digest = body === undefined || body === '' ? EMPTY_SHA256 : hash('sha256', body);
  const canonicalRequest = `${method}\n${canonicalPath(url.pathname)}\n${query}\n${canonicalHeaders(headers, names)}\n${signedHeaders}\n${digest}`;

  const signature = createHmac('sha256', credentials.secretKey.reveal())
    .update(`${ALGORITHM}\n${headers['x-sdk-date'] ?? ''}\n${hash('sha256', canonicalRequest)}`)
    .digest('hex');
  return `${ALGORITHM} Access=${credentials.accessKey.reveal()}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** `20260102T030405Z`. */
function signatureDate(now: Date): string {
  const iso = now.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** @param names the headers' names in the order of their code units. */
function canonicalHeaders(headers: Readonly<Record<string, string>>, names: readonly string[]): string {
  let lines = '';
  for (const name of names) lines += `${name}:${(headers[name] ?? '').trim()}\n`;
  return lines;
}

const PLAIN_PATH = /^[\w\-.~/]*$/;
const ENCODED_OR_RESERVED = /%[0-9A-Fa-f]{2}|[^\w\-.~/]/g;
const UNRESERVED = /[\w\-.~]/;

/** The path as the gateway writes it: only RFC 3986 unreserved characters stay, and a slash ends it. */
function canonicalPath(pathname: string): string {
  const path = PLAIN_PATH.test(pathname)
    ? pathname
    : pathname.replace(ENCODED_OR_RESERVED, canonicalCharacter);
  return path.endsWith('/') ? path : `${path}/`;
}

/** A path of a {@link URL} is ASCII and mostly encoded: what is encoded already must not be encoded again. */
function canonicalCharacter(written: string): string {
  const code = written.length === 3 ? Number.parseInt(written.slice(1), 16) : written.charCodeAt(0);
  const character = String.fromCharCode(code);
  return UNRESERVED.test(character) ? character : percent(code);
}

function canonicalQuery(parameters: URLSearchParams): string {
  return [...parameters]
    .sort(([a, x], [b, y]) => compareText(a, b) || compareText(x, y))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** RFC 3986; `encodeURIComponent` leaves five reserved characters as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => percent(character.charCodeAt(0)));
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
