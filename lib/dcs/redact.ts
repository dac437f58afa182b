import { oneLine } from './text.ts';

const MASK = '***';
const LONGEST_MESSAGE = 200;
/** More than this is never shown, so it is not searched either. */
const LONGEST_SEARCHED = 8192;
/** A shorter secret would blank out ordinary words. */
const SHORTEST_KNOWN = 4;

/**
 * Where a message of the gateway begins to echo the request (`APIGW.0301`, refused signatures): from there on all of
 * it goes.
 */
const ECHO = /canonical[\s_-]*request|(?:proxy-)?authorization["']?\s*[:=]|sdk-hmac-sha256|bearer\s/i;
const NAMED_SECRET =
  /\b(ak|sk|access|access[_-]?key|secret[_-]?key|secret|signature|passw(?:or)?d|pwd|(?:x-)?(?:security|auth|subject)[_-]token|token|credential|cookie)(["']?\s*[:=]\s*)(?:"[^"]*"?|'[^']*'?|[^\s,;|]+)/gi;
/** Keys, digests, signatures, encoded tokens, ids: nothing that a reader needs from an error message. */
const LONG_TOKEN = /[0-9a-f]{16,}|[\w+/=-]{20,}/gi;

/**
 * Makes an error message of the service fit to be stored, logged and forwarded: one line of at most 200 characters
 * without echoed requests, keys, signatures, passwords or anything that looks like one.
 *
 * @param known secrets that the request carried; wherever they stand they are masked.
 */
export function redact(message: string, known: readonly string[]): string {
  let text = message;
  for (const secret of known) if (secret.length >= SHORTEST_KNOWN) text = text.replaceAll(secret, MASK);
  text = oneLine(text, LONGEST_SEARCHED);
  const echo = text.search(ECHO);
  if (echo >= 0) text = text.slice(0, echo).replace(/[\s,;:]+$/, '');
  text = text.replace(NAMED_SECRET, `$1$2${MASK}`).replace(LONG_TOKEN, MASK);
  return oneLine(text, LONGEST_MESSAGE);
}
