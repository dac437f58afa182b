import { parseJson } from '../../base/json.ts';
import { announcesPassword, masked } from './passwords.ts';
import { isFact, isPlainWord } from './plain-words.ts';
import { PLACEHOLDER } from './redis-errors.ts';

/**
 * Cuts data that migration tools append to an error: commands with arguments, keys and values, documents, dumps. The
 * error stays. No document tells their forms; these are those of redis-shake, redis-port, RIOT, the clients of Redis,
 * and Redis itself.
 */
export function withoutCustomerData(text: string): string {
  let cut = withoutDocuments(text);
  for (const rule of RULES) cut = rule(cut);
  return cut;
}

type Rule = (text: string) => string;

const COMMANDS =
  'SET|SETEX|SETNX|PSETEX|GETSET|GETEX|GET|MSET|MSETNX|MGET|APPEND|SETRANGE|INCRBY|INCRBYFLOAT|DECRBY|INCR|DECR|HSET|HMSET|HSETNX|HGET|HMGET|HGETALL|HDEL|HINCRBY|LPUSH|RPUSH|LPUSHX|RPUSHX|LSET|LREM|LINSERT|LRANGE|SADD|SREM|SISMEMBER|SMEMBERS|SMOVE|ZADD|ZREM|ZSCORE|ZINCRBY|ZRANGE|ZRANGEBYSCORE|XADD|XDEL|XREADGROUP|PFADD|PFMERGE|GEOADD|SETBIT|BITOP|DEL|UNLINK|EXPIRE|PEXPIRE|EXPIREAT|PEXPIREAT|PERSIST|RENAME|RENAMENX|RESTORE|RESTORE-ASKING|DUMP|MIGRATE|EVAL|EVALSHA|FCALL|PUBLISH|SPUBLISH|EXISTS|TYPE|COPY|MOVE|SORT|OBJECT|JSON\\.SET|JSON\\.GET|BF\\.ADD|TS\\.ADD';
/** Fields of a document that describe an error. */
const OF_ERRORS =
  /^(?:err|error|errors|msg|message|error_?msg|error_?message|error_?code|code|reason|cause|detail|level|status|exception)$/i;
const DOCUMENT = new RegExp(
  `[{[]\\s*(?:\\\\*["'{[]|(?![0-9a-f:]+\\])[A-Za-z_][\\w.-]{0,60}\\s*[:=])|\\bmap\\[|\\(\\s*b?["'](?=[^"']{0,200}["']\\s*,)|[[(](?=(?:${COMMANDS})[\\s,]+\\S)`,
  'gi',
);
const DEEPEST = 6;

/** Cuts JSON and similar text. In readable documents, the fields that describe an error stay. */
function withoutDocuments(text: string): string {
  let cut = '';
  let from = 0;
  DOCUMENT.lastIndex = 0;
  for (let found = DOCUMENT.exec(text); found !== null; found = DOCUMENT.exec(text)) {
    const start = found[0].startsWith('map') ? found.index + 3 : found.index;
    const end = endOfBrackets(text, start);
    cut += text.slice(from, start) + errorsOf(text.slice(start, end));
    from = end;
    DOCUMENT.lastIndex = end;
  }
  return cut + text.slice(from);
}

function errorsOf(document: string): string {
  const errors = errorsIn(parseJson(document), 0).join(', ');
  return errors === '' ? masked(document) : errors;
}

function errorsIn(value: unknown, depth: number): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    if (typeof one === 'string') return OF_ERRORS.test(name) ? [withoutDocuments(one)] : [];
    return errorsIn(one, depth + 1);
  });
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const QUOTES = '"\'`';

/** The end of the brackets that open here, with respect to quotes in them; the end of the text if they never close. */
function endOfBrackets(text: string, start: number): number {
  const open = text.charAt(start);
  const close = PAIRS[open] ?? open;
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const sign = text.charAt(index);
    if (sign === '\\') index += 1;
    else if (sign === '"') index = endOfQuote(text, index) - 1;
    else if (sign === open) depth += 1;
    else if (sign === close && --depth === 0) return index + 1;
  }
  return text.length;
}

function endOfQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let index = start + 1; index < text.length; index += 1) {
    if (text.charAt(index) === '\\') index += 1;
    else if (text.charAt(index) === quote) return index + 1;
  }
  return text.length;
}

/** Possible starts of an error behind data. The rest up to its end must consist of words of errors. */
const RESUMES =
  /[\s)\]"'`]+(?=(?:[,;]?\s*)?(?:failed|error|errors|err|timed out|timeout|returned|refused|rejected|caused|because|reason|cause|exception|already exists|is busy|not found|does not exist|too (?:large|big|long)|exceeds)\b)|:\s+(?=[A-Za-z])/gi;

/** The longest error; longer text is data. */
const LONGEST_ERROR = 300;

/** Cuts a piece, except the error at its end. */
function cutToError(piece: string): string {
  RESUMES.lastIndex = Math.max(0, piece.length - LONGEST_ERROR);
  for (let found = RESUMES.exec(piece); found !== null; found = RESUMES.exec(piece)) {
    const tail = piece.slice(found.index);
    if (isOfErrors(tail)) return masked(piece.slice(0, found.index)) + tail;
  }
  return masked(piece);
}

function isOfErrors(text: string): boolean {
  const words = text.replace(new RegExp(`[${PLACEHOLDER}]`, 'g'), ' ').split(/[\s,;()[\]"'`=]+/);
  return words.every((word) => {
    const core = word.replace(/^[.:!?-]+|[.:!?]+$/g, '');
    return core === '' || core === '***' || isPlainWord(core) || isFact(core);
  });
}

const SIGN = String.raw`\\*["'\`]?\s*(?:[-=]>|:=|=|:|：|＝|为|是)\s*`;
const MARKS = String.raw`args?|argv|arguments?|params?|parameters?|payload|values?|vals?|body|contents?|raw[-_ ]?data|raw|data|buf|buffer|bytes|dump|serialized[-_ ]?value|records?|entry|entries|items?|rows?|members?|fields?|elements?|hash|document|doc|object|input|statement|stmt|script|request|response|reply|result|commands?|cmds?|cmdline|pipeline|batch|redis[-_ ]?keys?|keys?|key[-_ ]?names?|e-?mail|phone|mobile|card(?:[-_ ]?(?:no|number))?|ssn|iban|base64|hex|[kv](?==)`;
const HAN_MARKS = '键名|键值|键|值|参数|数据|内容|命令';
const MARK = new RegExp(
  `((?<![A-Za-z0-9])(?:[a-z]{1,20}[._])?(?:${MARKS})(?:\\s*#?\\s*\\d{1,4}|\\s*\\(\\d{1,9} \\w{1,8}\\)(?=:))?|${HAN_MARKS})(?:(${SIGN})|(\\s*)(?=[[(<{“「])|(\\s+)(?=["'\`]))`,
  'gi',
);
/** Names behind which a number is a count, and words after a colon are a sentence. */
const COUNTED =
  /^(?:.*[._])?(?:args|arguments|params|parameters|values|records|entries|items|rows|members|fields|elements|keys|commands|data|bytes|buffer|dump|hash|body|request|response|reply|result|content|contents)$/i;
const COMMAND_MARK = /(?:commands?|cmds?|cmdline|命令)(?:\s*#?\s*\d+)?$/i;
const KEY_MARK = /(?:keys?|key[-_ ]?names?|members?|fields?|键名|键)$/i;
/** The start of another pair, which describes an error. */
const ERROR_PAIR = /[\s,;|]+(?=(?:err(?:or)?(?:_?(?:msg|message|code))?|reason|cause|exception)\s*[:=[(])/i;

function marked(text: string): string {
  let cut = '';
  let from = 0;
  MARK.lastIndex = 0;
  for (let found = MARK.exec(text); found !== null; found = MARK.exec(text)) {
    const [whole, mark = '', sign = ''] = found;
    const start = found.index + whole.length;
    const end = endOfValue(text, start, mark, sign);
    if (end === start) continue;
    const value = text.slice(start, end);
    const isWhole = OPENINGS.test(value);
    cut += text.slice(from, start) + (isWhole ? masked(value) : cutToError(value));
    from = end;
    MARK.lastIndex = end;
  }
  return cut + text.slice(from);
}

const OPENINGS = /^[[({<"'`“「]/;

/** The end of the value that begins here; its start if it is not a value. */
function endOfValue(text: string, start: number, mark: string, sign: string): number {
  const first = text.charAt(start);
  if (first === '' || text.startsWith('***', start)) return start;
  if (/^[[({<“「]/.test(first)) {
    const end = endOfBrackets(text, start);
    return isHarmlessList(text.slice(start + 1, end - 1), sign) ? start : end;
  }
  if (QUOTES.includes(first)) return endOfQuotedValue(text, start, mark, sign);
  return endOfBareValue(text, start, mark, sign);
}

function endOfQuotedValue(text: string, start: number, mark: string, sign: string): number {
  const end = endOfQuotes(text, start);
  const inside = text.slice(start + 1, end - 1);
  // "unknown command 'FOO'", "the parameter 'maxmemory'".
  const isName = /^param/i.test(mark) && /^[a-z][\w-]{2,40}$/.test(inside);
  return sign === '' && !KEY_MARK.test(mark) && (isName || isOfErrors(inside)) ? start : end;
}

function endOfBareValue(text: string, start: number, mark: string, sign: string): number {
  const rest = text.slice(start);
  const token = /^[^\s,;，；。、]+/.exec(rest)?.[0] ?? '';
  // This word stays, because it announces that a password follows.
  if (announcesPassword(token) || isInSentence(token, rest, mark, sign)) return start;
  if (COMMAND_MARK.test(mark) && /^[A-Za-z][\w.|]{1,20}(?=$|[\s,;)\]])/.test(rest))
    return endOfCommand(text, start);
  if (KEY_MARK.test(mark) && !/s$/i.test(mark)) return start + token.replace(/[.:)\]]+$/, '').length;
  const stop = rest.search(ERROR_PAIR);
  return stop < 0 ? text.length : start + stop;
}

/** Whether a mark is part of a sentence: "the command failed", "3 keys". */
function isInSentence(token: string, rest: string, mark: string, sign: string): boolean {
  const isHan = /[为是]/.test(sign) || !/[:：]/.test(sign);
  if (isHan && !COMMAND_MARK.test(mark) && !COUNTED.test(mark)) return false;
  const core = token.replace(/[.:!?)\]]+$/, '');
  const isOfSentences = isPlainWord(core) || /^\d{1,6}(?:\.\d+)?(?:%|[a-z]{1,3})?$/i.test(core);
  return isOfSentences && (COUNTED.test(mark) || /[:：]/.test(sign) || !/\s\S/.test(rest));
}

/** The end of a command with its arguments. The name of the command stays, since it tells what was tried. */
function endOfCommand(text: string, start: number): number {
  const rest = text.slice(start);
  const name = /^[A-Za-z][\w.|]*/.exec(rest)?.[0] ?? '';
  const after = rest.slice(name.length);
  if (/^\s*(?:$|[,;)\]])/.test(after) || /^\s+\w+=/.test(after) || isOfErrors(after)) return start;
  const stop = rest.search(ERROR_PAIR);
  return stop < 0 ? text.length : start + stop;
}

function isHarmlessList(inside: string, sign: string): boolean {
  return (
    inside.trim() === '' ||
    (sign === '' && isOfErrors(inside)) ||
    /^\s*(?:nil|null|none|unknown|\d{1,5})\s*$/i.test(inside)
  );
}

/** Quotes that follow each other are one value: `"SET" "k" "v"`. */
function endOfQuotes(text: string, start: number): number {
  let end = endOfQuote(text, start);
  for (let next = nextQuote(text, end); next > 0; next = nextQuote(text, end)) end = endOfQuote(text, next);
  return end;
}

function nextQuote(text: string, end: number): number {
  const gap = /^[\s,]*(?=["'`])/.exec(text.slice(end, end + 8));
  if (gap === null) return -1;
  const next = end + gap[0].length;
  // A quoted text before a sign is the name of another value.
  return /^\s*[:=]/.test(text.slice(endOfQuote(text, next), endOfQuote(text, next) + 8)) ? -1 : next;
}

const UPPER = new RegExp(`(?<![\\w"'\`.-])((?:${COMMANDS}))(\\s+)(?=\\S)`, 'g');
const LOWER = new RegExp(
  `((?:^|[:;\\]>)]\\s+|["'\`(]|\\b(?:command|cmd|execut\\w+|exec|run(?:ning)?|send(?:ing)?|do(?:ing)?|call(?:ing)?)\\s+|命令\\s*)(?:${COMMANDS}))(\\s+)(?=[^\\s]*[:{_\\d])`,
  'gi',
);

/** Cuts arguments behind the name of a command, unless a sentence goes on. */
function withoutArguments(names: RegExp): Rule {
  return (text) => {
    let cut = '';
    const from = 0;
    names.lastIndex = 0;
    for (let found = names.exec(text); found !== null; found = names.exec(text)) {
      const start = found.index + found[0].length;
      const rest = text.slice(start);
      if (/^\*{3}/.test(rest) || isSentence(rest)) continue;
      cut += text.slice(from, start) + cutToError(rest);
      return cut;
    }
    return cut + text.slice(from);
  };
}

/** Whether a sentence goes on behind the name of a command: "SET command failed", "GET is not allowed". */
function isSentence(rest: string): boolean {
  const word = /^[^\s]+/.exec(rest)?.[0].replace(/[,;:.!?)\]]+$/, '') ?? '';
  return isPlainWord(word) || word === '' || new RegExp(`^[${PLACEHOLDER}]`).test(rest);
}

const QUOTED_COMMAND = /(["'`])[A-Za-z][\w.|-]{0,30}\1(\s+)(?=["'`])/g;

function withoutQuotedArguments(text: string): string {
  QUOTED_COMMAND.lastIndex = 0;
  const found = QUOTED_COMMAND.exec(text);
  if (found === null) return text;
  const start = found.index + found[0].length;
  const end = endOfQuotes(text, start);
  return text.slice(0, start) + masked(text.slice(start, end)) + withoutQuotedArguments(text.slice(end));
}

function replacing(form: RegExp): Rule {
  return (text) =>
    text.replace(form, (whole, before: string, value: string) =>
      announcesPassword(value.trim()) ? whole : `${before}${masked(value)}`,
    );
}

/** The form of a key, which no word has. */
const KEY = String.raw`(?![a-z]+:\/\/)(?=[A-Za-z_{][\w{}.-]*:[\w{}-])(?!\S*\.\S*:\d{2,5}\b)[^\s,;]+`;
const KEYS = `(?:${KEY}(?:[\\s,;:=>-]*(?:"[^"]*"?|'[^']*'?|\\([^)]*\\)?))*[\\s,;]*)+`;

/** Cuts the text behind a form, except an error at its end, unless a sentence goes on. */
function cutting(form: RegExp): Rule {
  return (text) => {
    form.lastIndex = 0;
    const found = form.exec(text);
    if (found === null) return text;
    const start = found.index + found[0].length;
    const rest = text.slice(start);
    const head = text.slice(0, start);
    return /^\*{3}/.test(rest) || isHarmlessStart(rest)
      ? head + cutting(form)(rest)
      : head + cutToError(rest);
  };
}

function isHarmlessStart(rest: string): boolean {
  const word = /^\S+/.exec(rest)?.[0].replace(/^[("'[]+|[,;:.!?)\]"']+$/g, '') ?? '';
  return (
    word === '' ||
    word === '***' ||
    isPlainWord(word) ||
    isFact(word) ||
    new RegExp(`^[${PLACEHOLDER}]`).test(rest)
  );
}

const RULES: readonly Rule[] = [
  // The protocol of Redis, with its line ends written out or not.
  replacing(/()(\*\d{1,6}(?:\s|\\[rnt])+\$-?\d+.*$)/s),
  replacing(/()((?<!\S)\$\d{1,9}(?:\s|\\[rnt])+\S+(?:\s|\\[rnt])+\$\d.*$)/s),
  replacing(/()(\$\d{1,9}(?:\\r)?\\n.*$)/s),
  replacing(
    /(<(?:key|value|val|args?|data|field|member|payload|command|cmd)>)((?!\*{3}).*?(?:<\/\w+>|$))/gis,
  ),
  // "with args beginning with: 'k' 'v'"
  replacing(/(\bargs beginning with:?\s*)((?!\*{3})\S.*$)/is),
  marked,
  withoutQuotedArguments,
  withoutArguments(UPPER),
  withoutArguments(LOWER),
  cutting(
    /\b(?:args?|argv|arguments?|params?|values?|vals?|payload|body|element|member)\s+(?:(?:is|was)\s+)?(?=[^\s=:])|(?:参数|值|数据)\s+(?=[!-~])/gi,
  ),
  cutting(
    new RegExp(
      `[${PLACEHOLDER}]\\s*[:,;]\\s*(?=${KEY})|\\b(?:big|hot)?[ -]?keys?\\b[^:]{0,40}:\\s+(?=\\S)|\\bparameters\\s+(?=${KEY})`,
      'gi',
    ),
  ),
  cutting(new RegExp(`\\b(?:duplicat|conflict|ignor|skip)[a-z]{0,4}:?\\s+(?=${KEY})`, 'gi')),
  cutting(new RegExp(`(?<!\\S)(?=${KEY}\\s*[-=]>\\s)`, 'gi')),
  replacing(new RegExp(`((?<![\\w-])[\\w-]{0,30}keys?\\s+)(${KEYS})`, 'gi')),
  replacing(/(\b(?:[Kk]eys?|KEYS?)\s+)((?=[^\s]*[A-Za-z])(?=[^\s]*[{}_\d|#$])[^\s,;]+|\d{7,})/g),
  replacing(
    /(\b(?:name is busy|is busy|already exists|exists already|duplicate key|busy key)\b[^:]{0,40}:\s*)((?!\*{3})[^\s,;]+)/gi,
  ),
  replacing(
    new RegExp(
      `(\\b(?:restor|rewrit|sync|load|skip|delet|migrat|dump|import|overwrit|insert|copi|copy|replicat|process|handl|sav|set|get|writ|read|duplicat|conflict|ignor)[a-z]{0,4}:?\\s+)(${KEYS})`,
      'gi',
    ),
  ),
  replacing(new RegExp(`()(?<!\\S)(${KEY})(?=\\s+(?:already )?exists?\\b)`, 'gi')),
  replacing(/((?:键|key)\s*)((?=[!-~]*[:_\d{])[!-~]+)(?=\s*[已不的]|[，。])/gu),
  replacing(/((?:键名?|key名)\s*)((?=[!-~]*[:_\d{])[!-~]+)/gu),
  // "loading key jane of db 3", "dump payload for jane:doc".
  replacing(/(\bkey\s+)([^\s,;:=]+)(?=\s+(?:of|in|from|to|on|at)\s+(?:the\s+)?(?:db|database|slot)\b)/gi),
  replacing(
    /(\b(?:ttl|type|size|dump|payload|conflict|record|entry) (?:of|for|on|at|with) )((?=[A-Za-z{])(?=[^\s]*[:\d{|#])[^\s,;]*[^\s,;:.])/gi,
  ),
  // Dumps in hexadecimal digits, and encoded data.
  replacing(/()((?<!\S)\S*?\\x[0-9a-f]{2}\S*(?:\s\S*?\\x[0-9a-f]{2}\S*)*)/gi),
  replacing(/()(\b0x[0-9a-f]{6,})/gi),
  replacing(/()((?:\b[0-9a-f]{2}[ :]){5,}[0-9a-f]{2}\b(?:\s*\|[^|]*\|?)?)/gi),
  replacing(/()(\b(?:[0-9a-f]{4} ){3,}[0-9a-f]{4}\b)/gi),
  replacing(/()(\b(?=[A-Za-z0-9+/]*(?:\d|[a-z][A-Z]))[A-Za-z0-9+/]{8,}={1,2}(?=$|[\s,;)\]]))/g),
  // Numbers of cards and accounts.
  replacing(/()(\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}\b|\b\d{15,19}\b)/g),
];
