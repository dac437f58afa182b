import { oneLine } from '../../base/text.ts';
import { withoutCustomerData } from './customer-data.ts';
import { MASK, withoutPasswords, withoutPasswordsBefore } from './passwords.ts';
import { protectSentences } from './redis-errors.ts';

const LONGEST_MESSAGE = 200;
const LONGEST_REPORT = 500;
/** Characters that are searched. Messages never show more. */
const LONGEST_SEARCHED = 8192;
/** The shortest secret that is masked everywhere. A shorter one would mask ordinary words. */
const SHORTEST_KNOWN = 4;

/**
 * The start of an echo of the request in a message of the gateway (`APIGW.0301`, refused signatures). Everything from
 * there on is cut.
 */
const ECHO = /canonical[\s_-]*request|(?:proxy-)?authorization["']?\s*[:=]|sdk-hmac-sha256|bearer\s/i;

/** `redis://user:password@host`, with or without the scheme; `password@10.0.0.1:6379`. */
const USER_INFO = /(?<!\S)\S+@/g;
/** User information with blanks in the password. */
const SPACED_USER_INFO =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@]{0,80}:(?!\d{1,5}(?![^\s/,;)\]]))[^/@]{1,80}@/gi;
const BARE_USER_INFO =
  /(?<!\S)[^\s@]+@(?=(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]|[\w.-]+:\d{2,5})(?!\w))/gi;

/** Secrets behind their names, outside of sentences. */
const NAMED_SECRETS: readonly RegExp[] = [
  // "ak X not exist".
  /(?<![A-Za-z0-9])((?:[Aa][Kk]|[Aa]ccess[ _-]?[Kk]ey)(?:[ _-]?[Ii][Dd])?\s+)()(?=[A-Z0-9]*\d|[A-Z]{12})[A-Z0-9]{6,}/g,
  // "login user root/x failed".
  /\b((?:user(?:name)?|account|credentials?|creds|login|auth)\s+[\w.@-]+[/:])()(?!\d{2,5}(?!\w))[^\s,;]+/gi,
  // "root:x is not a valid login"
  /((?<!\S)[\w.@-]{1,64}[/:])()\S+(?=\s+(?:is|was|are)\s+(?:not\s+)?(?:an?\s+)?(?:valid|invalid|wrong|bad|correct)\s+(?:login|credentials?|account|user)\b)/gi,
  // "passwordhunter2" without anything between, `-apassword`
  /\b(\w*passw(?:or)?d)()(?=\w*[A-Z\d!#$])[^\s=:"'<>]+(?!\S*\s*[=:])(?=\s|$)/g,
  /((?<!\S)-a)()(?=\S*[A-Z\d!@#$%^&*])[^\s=-]\S{4,}/g,
  // `-u user:password`, `-p password` where it is no port.
  /((?<!\S)-u\s+[\w.@-]+:)()(?!\/\/)[^\s*]\S*/g,
  /((?<!\S)-p\s+)()(?!\d{2,5}(?!\S))[^\s*/-]\S*/g,
  // `redis-cli -apassword`, `ACL SETUSER user >password`.
  /(?<=\bredis-(?:cli|benchmark|shake|port)\b.{0,200})((?<!\S)-a)()(?=[^\s*])\S+/gi,
  /(?<=\bon\b.{0,200})((?<!\S)[>#<!])()(?=[^\s*\d])\S+/gi,
  /(?<=\bsetuser\b.{0,200})((?<!\S)[>#<!])()(?=[^\s*])\S+/gi,
];
/** Keys, digests, signatures, encoded tokens, ids, which no reader of an error message needs. */
const LONG_TOKEN = /[0-9a-f]{16,}|[\w+/=-]{20,}/gi;
/**
 * The parts of `incremental_migration`, `SocketTimeoutException`, `/var/lib/redis`, which consist of words, unlike
 * keys.
 */
const WORD = String.raw`(?:[a-z]{1,20}|[A-Z]{1,14}|(?:[A-Z][a-z]{1,20}){1,6}|\d{1,8})`;
const MADE_OF_WORDS = new RegExp(`^(?:/?${WORD}(?:[_/-]${WORD})+/?|[A-Za-z][a-z]+(?:[A-Z][a-z]+)+)$`);

/**
 * Makes an error message of the service fit to be stored, logged and forwarded: one line of at most 200 characters
 * without echoed requests, keys, signatures, passwords, customers' data or anything that looks like one.
 *
 * @param known secrets of the request, which are masked everywhere
 */
export function redact(message: string, known: readonly string[]): string {
  return oneLine(
    withoutSecrets(message, known, () => MASK),
    LONGEST_MESSAGE,
  );
}

/**
 * Redacts the service's report about a migration (`error_message`, lines of the log). People search it for the cause,
 * so it may be longer, and long words stay.
 *
 * @param max most characters
 */
export function redactReport(report: string, known: readonly string[], max = LONGEST_REPORT): string {
  return oneLine(
    withoutSecrets(report, known, (token) => (MADE_OF_WORDS.test(token) ? token : MASK)),
    max,
  );
}

/** Cuts user and password of addresses out of a name, and keeps its other words. */
export function withoutUserInfo(text: string): string {
  // Mutant survives, `!text.includes('@')` → `false`: a text without a sign has no user, and is searched for one in vain.
  // Mutant survives, `'@'` → `""`: every text is searched, the same.
  if (!text.includes('@')) return text;
  return text
    .replace(USER_INFO, (found) => (found.includes(':') ? `${MASK}@` : found))
    .replace(SPACED_USER_INFO, `${MASK}@`)
    .replace(BARE_USER_INFO, `${MASK}@`);
}

/** Removes known secrets, values behind names of secrets, and customers' data. */
function withoutSecrets(
  message: string,
  known: readonly string[],
  maskOf: (token: string) => string,
): string {
  let text = message;
  for (const secret of known) if (secret.length >= SHORTEST_KNOWN) text = text.replaceAll(secret, MASK);
  text = oneLine(text, LONGEST_SEARCHED);
  const echo = text.search(ECHO);
  if (echo >= 0) text = text.slice(0, echo).replace(/[\s,;:]+$/, '');
  const { text: protectedText, restore } = protectSentences(text);
  let cut = withoutCustomerData(withoutUserInfo(protectedText));
  for (const secret of NAMED_SECRETS) cut = cut.replace(secret, `$1$2${MASK}`);
  cut = withoutPasswords(withoutPasswordsBefore(cut));
  return restore(cut.replace(LONG_TOKEN, maskOf));
}
