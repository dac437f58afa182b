/**
 * Sentences of Redis itself when it refuses a command. They contain no customer's data, so they stay when the text
 * around them is cut. Source: the error texts in the source of Redis 2.8 to 8.
 */
const SENTENCES: readonly string[] = [
  'BUSYKEY Target key name already exists\\.?',
  'Target key name (?:already exists|is busy)\\.?',
  "OOM command not allowed when used memory > '?maxmemory'?\\.?",
  'DUMP payload version or checksum are wrong\\.?',
  'Bad data format\\.?',
  "MISCONF Redis is configured to save RDB snapshots, but (?:it's|it is|is) (?:currently )?(?:not able|unable) to persist (?:on|to) disk\\.(?: Commands that may modify the data set are disabled(?:, because this instance is configured to report errors during writes if RDB snapshotting fails \\(stop-writes-on-bgsave-error option\\))?\\.)?(?: Please check the Redis logs for details about the RDB error\\.)?",
  'MISCONF Errors writing to the AOF file[^.:\\uE100-\\uE2FF]{0,40}',
  'max number of clients(?: \\+ cluster connections)? reached\\.?',
  "READONLY You can't write against a read[ -]only (?:replica|slave)\\.?",
  "CROSSSLOT Keys in request don't hash to the same slot(?: \\(context='\\w+', command='\\w+'\\))?\\.?",
  '(?:MOVED|ASK) \\d{1,5} [\\w.:[\\]-]{1,80}:\\d{1,5}',
  'CLUSTERDOWN (?:The cluster is down(?: and only accepts read commands)?|Hash slot not served)\\.?',
  'LOADING Redis is loading the dataset in memory\\.?',
  "MASTERDOWN Link with MASTER is down and (?:replica|slave)-serve-stale-data is set to '?no'?\\.?",
  'NOREPLICAS Not enough good (?:replicas|slaves) to write\\.?',
  "NOMASTERLINK [A-Za-z' ]{1,80}",
  'TRYAGAIN Multiple keys request during rehashing of slot\\.?',
  'NOAUTH Authentication required\\.?',
  'WRONGPASS invalid username-password pair(?: or user is disabled)?\\.?',
  'Client sent AUTH, but no password is set\\.?',
  'AUTH <password> called without any password configured for the default user\\. Are you sure your configuration is correct\\?',
  '(?<=ERR )invalid password',
  "NOPERM (?:this user has no permissions|User [\\w.-]{1,64} has no permissions|No permissions) to (?:run the '[\\w|.-]+' command(?: or its subcommand)?|access (?:one of the keys used as arguments|a key|one of the channels used as arguments))\\.?",
  'WRONGTYPE Operation against a key holding the wrong kind of value\\.?',
  'NOSCRIPT No matching script\\.(?: Please use EVAL\\.)?',
  'BUSY Redis is busy running a script\\.(?: You can only call SCRIPT KILL or SHUTDOWN NOSAVE\\.)?',
  'EXECABORT Transaction discarded because of previous errors\\.?',
  'IOERR error or timeout (?:writing|reading|connecting)(?: to| from)? ?(?:target instance|target|client)?',
  'unknown (?:sub)?command (?:or wrong number of arguments for )?[\'`"]?[A-Za-z][\\w.|-]{0,30}[\'`"]?',
  'wrong number of arguments for [\'`"]?[A-Za-z][\\w.| -]{0,40}?[\'`"]? command',
  'value is not an integer or out of range',
  'value is not a valid float',
  '(?:hash )?value is not an (?:integer|valid float)',
  'syntax error(?=$|[^\\w])',
  '(?:DB|index) (?:index )?(?:is )?out of range',
  'invalid DB index',
  'SELECT is not allowed in cluster mode',
  'Invalid TTL value, must be >= 0',
  "Can't SYNC while not connected with my master",
  'This instance has cluster support disabled',
  "Protocol error(?:: (?:invalid|expected|unbalanced|too big)[\\w ']{0,60})?",
  'DENIED Redis is running in protected mode because protected mode is enabled',
  'max(?:imum)? (?:number of )?key(?:s)? limit reached',
];

const PROTECTED = new RegExp(`(?:-?ERR |-(?=[A-Z]))?(?:${SENTENCES.join('|')})`, 'g');
const FIRST = 0xe100;
const MOST = 0x100;
const PRIVATE_USE = /[\ue000-\uf8ff]/g;
/** The sentences about a password, which a password may follow. They have their own range of characters. */
const ABOUT_PASSWORDS = /\b(?:NOAUTH|WRONGPASS|AUTH|password)\b/;
const OF_PASSWORDS = 0x100;
const STANDINS = /[\ue100-\ue2ff]/g;

/** A text with one character in place of each kept sentence. */
export interface ProtectedText {
  readonly text: string;
  /** Puts the sentences back. */
  restore(text: string): string;
}

/** Replaces the sentences of Redis by characters, so that cutting the text around them keeps them. */
export function protectSentences(text: string): ProtectedText {
  const kept: string[] = [];
  const masked = text.replace(PRIVATE_USE, '?').replace(PROTECTED, (sentence) => {
    if (kept.length >= MOST) return sentence;
    kept.push(sentence);
    const range = ABOUT_PASSWORDS.test(sentence) ? OF_PASSWORDS : 0;
    return String.fromCharCode(FIRST + range + kept.length - 1);
  });
  return {
    text: masked,
    restore: (cut) => cut.replace(STANDINS, (standin) => kept[(standin.charCodeAt(0) - FIRST) % MOST] ?? ''),
  };
}

/** The characters of kept sentences in a cut piece. */
export function placeholderChars(piece: string): string {
  return (piece.match(STANDINS) ?? []).join(' ');
}

export const PLACEHOLDER = '\\ue100-\\ue2ff';
/** The range of characters for sentences about a password. */
export const PASSWORD_STANDIN = '\\ue200-\\ue2ff';
