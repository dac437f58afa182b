import * as z from 'zod/mini';
import type { Secret } from '../../base/secret.ts';
import { urlProblem } from '../../http/address-guard.ts';
import type { SocketTarget } from '../../http/client.ts';
import { hasUrl } from '../channel-type.ts';

/** A mail server, and who signs in there. */
export interface MailServer extends SocketTarget {
  readonly login?: { readonly user: string; readonly pass: string };
}

/** Submission (RFC 6409), and submission over TLS (RFC 8314). Port 25 is closed on many platforms. */
const PORTS: ReadonlyMap<string, number> = new Map([
  ['smtp:', 587],
  ['smtps:', 465],
]);
const FORM = 'must be smtps://user:password@host:465 or smtp://user:password@host:587';

/** The WHATWG parser brings hosts of well-known schemes into one form alone: addresses in decimal or hexadecimal, too. */
function asWellKnown({ href }: URL): URL | undefined {
  const url = URL.parse(href.replace(/^smtps?:/, 'https:'));
  if (url === null) return undefined;
  url.username = '';
  url.password = '';
  return url;
}

/** The fault of a mail server's URL, in words that continue "the url" and never repeat it. */
function serverProblem(text: string, allowInsecure: boolean): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'is not a URL';
  const known = PORTS.has(url.protocol) && url.hostname !== '' ? asWellKnown(url) : undefined;
  if (known === undefined || url.search !== '' || !/^\/?$/.test(url.pathname)) return FORM;
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    return 'has a % in its user name or password that must be written %25';
  }
  return urlProblem(known, { allowInsecure });
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

/** Refuses a mail server that must not be connected to, together with all other problems of a channel. */
export const safeServer = z.check<{ url: Secret; allowInsecure: boolean }>(
  ({ value, issues }) => {
    const message = serverProblem(value.url.reveal(), value.allowInsecure === true);
    if (message === undefined) return;
    issues.push({ code: 'custom', path: ['url'], input: undefined, message, continue: true });
  },
  { when: ({ value }) => hasUrl(value) },
);

/** @param secret a URL that {@link safeServer} let pass */
export function serverAt(secret: Secret): MailServer {
  const url = new URL(secret.reveal());
  const { protocol, port, username, password } = url;
  const server = {
    host: (asWellKnown(url)?.hostname ?? url.hostname).replace(/^\[|\]$/g, ''),
    port: port === '' ? (PORTS.get(protocol) ?? 0) : Number(port),
    isSecure: protocol === 'smtps:',
  };
  if (username === '') return server;
  return { ...server, login: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } };
}
