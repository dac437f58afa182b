import { oneLine } from './text.ts';

const MASK = '***';
const LONGEST_MESSAGE = 200;
const LONGEST_REPORT = 500;
/** More than this is never shown, so it is not searched either. */
const LONGEST_SEARCHED = 8192;
/** A shorter secret would blank out ordinary words. */
const SHORTEST_KNOWN = 4;

/**
 * Where a message of the gateway begins to echo the request (`APIGW.0301`, refused signatures): from there on all of
 * it goes.
 */
const ECHO = /canonical[\s_-]*request|(?:proxy-)?authorization["']?\s*[:=]|sdk-hmac-sha256|bearer\s/i;

/** `redis://user:password@host`, with or without the scheme. */
const USER_INFO = /(?<!\S)\S+@/g;

const QUOTED = String.raw`\\*"[^"]*"?|\\*'[^']*'?|[“‘][^”’]*[”’]?`;
/** `=`, `:`, arrows, the full-width colon of Chinese text, the end of a tag; the quote before it may be escaped. */
const SIGN = String.raw`\\*["']?\s*(?:[-=]>|:=|[:=：>]|%3D)\s*`;
const ASSIGNED = `(${SIGN})`;
const KEY = `(?<![a-z0-9])(ak|sk|access|access[ _-]?key|secret[ _-]?key|api[ _-]?key|secret|signature|(?:x-)?(?:security|auth|subject)[_-]token|token|credential|cookie)`;
/** Tools also write `source.password_raw`, `tls-key-file-pass`. */
const PASSWORD = String.raw`(\b\w*passw(?:or)?d\w*|\b\w*(?:pass|pwd)\b|(?<![a-z0-9])(?:passphrase|passw|pw|masterauth|auth)|密码|口令)`;
/** What may stand between the name of a secret and the secret in a sentence. */
const LINKS = String.raw`(?:(?:[Ii][Ss]|[Ww][Aa][Ss]|has|been|now|set|changed|to|[为是])\s+){0,5}`;
/** What is no lower-case word is taken for a secret, as one is rarely one. */
const NO_WORD = String.raw`(?![=:]|->)(?=[^\s,;]*[^\sa-z.,;:!?'"()])[^\s,;]+`;
/** Redis takes passwords as words: `AUTH user password`, `CONFIG SET requirepass password`, `redis-cli -a password`. */
const AUTH = String.raw`(?:(?<![a-z0-9])|(?<=\\[rnt]))(auth(?:2|[-_]pass)?)(\\*["']?(?:\s|\\[rnt])+)`;
const SETTING = String.raw`(requirepass|masterauth|(?<!\S)(?:-a|--pass))(\\*["']?\s+)`;
/** Not what follows these words in a sentence: "auth failed", "requirepass is not set". A password can begin like one. */
const WORD = String.raw`(?!(?:is|was|not|failed|failure|error|required|timeout|command|has|have|must|for|of|or|and)[,.;:!?)]*(?:\s|$))(?:\$\d+(?:\s|\\[rnt])+)?(?:${QUOTED}|\S+)`;

/** What stands behind the name of a secret goes. */
const NAMED_SECRETS: readonly RegExp[] = [
  new RegExp(`${KEY}${ASSIGNED}(?:${QUOTED}|[^\\s,;|]+)`, 'gi'),
  // A password may hold a comma.
  new RegExp(`${PASSWORD}${ASSIGNED}(?:${QUOTED}|\\S+)`, 'gi'),
  new RegExp(`${PASSWORD}(\\s+(?:is|was|now|set|to)${SIGN})(?:${QUOTED}|\\S+)`, 'gi'),
  new RegExp(
    `${PASSWORD}(\\s+(?:(?:is|was)\\s+)?(?:for\\s+\\S+\\s+)?|\\s*[为是]\\s*)(?:${QUOTED}|\\[[^\\]]+\\]|<[^>]+>)`,
    'gi',
  ),
  // "set password to x".
  new RegExp(
    `(\\b\\w*[Pp]assw(?:or)?d|PASSWORD|\\bpwd|\\bpass)(\\s+${LINKS})(?![-=:]*>)(?=\\S*[^\\sa-z.,;:!?'"()])\\S+`,
    'g',
  ),
  new RegExp(
    `\\b((?:[Ss]ecret|[Aa]ccess|[Aa]pi|SECRET|ACCESS|API)[ _-]?(?:[Kk]ey|KEY))(\\s+${LINKS})${NO_WORD}`,
    'g',
  ),
  // "ak X not exist".
  /(?<![A-Za-z0-9])((?:[Aa][Kk]|[Aa]ccess[ _-]?[Kk]ey)(?:[ _-]?[Ii][Dd])?\s+)()(?=[A-Z0-9]*\d|[A-Z]{12})[A-Z0-9]{6,}/g,
  // "login user root/x failed".
  /\b((?:user(?:name)?|account|credentials?)\s+[\w.@-]+\/)()[^\s,;]+/gi,
  /(密码|口令)((?:[^\s:：!-~]{0,8}[:：])?\s*)(?=[!-~]*[^\sa-z.,;:!?'"()])[!-~]+/gi,
  // These are whole names: a rule that takes two words must not take one of them for a password.
  new RegExp(`${SETTING}${WORD}`, 'gi'),
  new RegExp(`${AUTH}${WORD}(?:\\s+${WORD})?`, 'gi'),
  // `redis-cli -apassword`, `ACL SETUSER user >password`.
  /(?<=\bredis-cli\b.{0,200})((?<!\S)-a)()(?=[^\s*])\S+/gi,
  /(?<=\bsetuser\b.{0,200})((?<!\S)[>#<!])()(?=[^\s*])\S+/gi,
];
/** Keys, digests, signatures, encoded tokens, ids: nothing that a reader needs from an error message. */
const LONG_TOKEN = /[0-9a-f]{16,}|[\w+/=-]{20,}/gi;
/** `incremental_migration`, `SocketTimeoutException`: made of words, as no key is. */
const MADE_OF_WORDS = /^(?:[a-z]+(?:[_-][a-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+)$/;

/**
 * Makes an error message of the service fit to be stored, logged and forwarded: one line of at most 200 characters
 * without echoed requests, keys, signatures, passwords or anything that looks like one.
 *
 * @param known secrets that the request carried; wherever they stand they are masked.
 */
export function redact(message: string, known: readonly string[]): string {
  const text = withoutNamed(message, known).replace(LONG_TOKEN, MASK);
  return oneLine(text, LONGEST_MESSAGE);
}

/**
 * The same for what the service reports about a migration (`error_message`, lines of the log): people search it for the
 * cause, so it may be longer and long words stay.
 *
 * @param max most characters
 */
export function redactReport(report: string, known: readonly string[], max = LONGEST_REPORT): string {
  const text = withoutNamed(report, known).replace(LONG_TOKEN, (token) =>
    MADE_OF_WORDS.test(token) ? token : MASK,
  );
  return oneLine(text, max);
}

/** One line without the secrets that are known, and without those that stand behind their names. */
function withoutNamed(message: string, known: readonly string[]): string {
  let text = message;
  for (const secret of known) if (secret.length >= SHORTEST_KNOWN) text = text.replaceAll(secret, MASK);
  text = oneLine(text, LONGEST_SEARCHED);
  const echo = text.search(ECHO);
  if (echo >= 0) text = text.slice(0, echo).replace(/[\s,;:]+$/, '');
  text = text.replace(USER_INFO, (found) => (found.includes(':') ? `${MASK}@` : found));
  for (const secret of NAMED_SECRETS) text = text.replace(secret, `$1$2${MASK}`);
  return text;
}
