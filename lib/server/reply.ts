import { PAGE_POLICY } from '../page/policy.ts';

/** An answer to a request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Neither a page of elsewhere nor a cache keeps, frames or reads any of it. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export function textReply(status: number, lines: string | readonly string[]): Reply {
  const body = [lines].flat().map((line) => `${line}\n`);
  return {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
    body: body.join(''),
  };
}

export function pageReply(body: string): Reply {
  const own = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY };
  return { status: 200, headers: { ...HEADERS, ...own }, body };
}

export function jsonReply(value: object): Reply {
  const headers = { ...HEADERS, 'content-type': 'application/json' };
  return { status: 200, headers, body: `${JSON.stringify(value)}\n` };
}

/** @param type the version of the format */
export function metricsReply(body: string, type: string): Reply {
  return { status: 200, headers: { ...HEADERS, 'content-type': type }, body };
}

/** The same answer with one more header. */
export function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}
