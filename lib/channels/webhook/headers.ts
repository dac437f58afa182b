import * as z from 'zod/mini';
import { Secret } from '../../base/secret.ts';

/** A header name is a token (RFC 9110, 5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Visible characters, blanks and tabs; no line breaks or other control characters (RFC 9110, 5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that the message, its signature and the connection set themselves. */
const RESERVED =
  /^(?:webhook-.*|x-hub-signature.*|content-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|user-agent)$/;

/** Further headers of a request: any case in the file, lower case afterwards, values {@link Secret}. */
export const headersSchema = z.pipe(
  z
    .record(z.string(), z.string({ error: 'expected a text' }), {
      error: 'expected header names with their values',
    })
    .check(
      z.check(({ value, issues }) => {
        for (const [name, message] of problems(value)) {
          issues.push({ code: 'custom', input: undefined, path: [name], message });
        }
      }),
    ),
  z.transform((headers: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), new Secret(value)]),
    ),
  ),
);

/** Each bad header with its problem, without its value. */
function problems(headers: Readonly<Record<string, string>>): [name: string, message: string][] {
  const seen = new Set<string>();
  return Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    const twice = seen.has(lower);
    seen.add(lower);
    if (!TOKEN.test(name)) return [[name, 'is not a valid header name']];
    if (RESERVED.test(lower)) return [[name, 'is set by the program itself and cannot be changed']];
    if (twice) return [[name, 'is there twice; upper and lower case do not matter']];
    if (VALUE.test(value)) return [];
    return [[name, 'has a line break or another character that a header cannot have']];
  });
}
