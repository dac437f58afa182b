import { isFact, isPlainWord, isUsualPassword } from './plain-words.ts';
import { PASSWORD_STANDIN, PLACEHOLDER, placeholderChars } from './redis-errors.ts';

export const MASK = '***';

/** The mask of a cut piece, with the sentences of Redis that were in it. */
export function masked(piece: string): string {
  const kept = placeholderChars(piece);
  return kept === '' ? MASK : `${MASK} ${kept}`;
}

const PREFIX = String.raw`(?:[a-z0-9]{1,30}[._-]){0,5}`;
/** Names that announce a password, in the languages of our users. Tools also write `source.password_raw`. */
const LONG_NAMES = [
  String.raw`${PREFIX}[a-z]{0,30}passw(?:or)?d(?:s|_[a-z]{1,20}|\w{1,20}(?=\s*["']?\s*[=:：]))?`,
  String.raw`${PREFIX}[a-z]{0,30}(?:pwd|pass)(?:_[a-z]{1,20})?`,
  String.raw`pass(?:phrase|code)s?|passw|pw|psw|pswd|p\/w|clave|passwort|kennwort|contrase[ñn]a|senha|mot de passe|wachtwoord|has[łl]o|пароль|парол[яюе]|parola|lösenord`,
  String.raw`${PREFIX}(?:secret|token|credential|cred)s?`,
  String.raw`${PREFIX}(?:requirepass|masterauth|auth(?:2|[-_]?pass)?)`,
  String.raw`(?<!\S)--?(?:a|pass(?:word)?|auth|requirepass|masterauth)(?=[\s="'])`,
] as const;
/** Names whose value follows at once, if there is one. */
const SHORT_NAMES = String.raw`${PREFIX}(?:(?:secret|access|api|auth|private)[ _-]?keys?(?:[ _-]?id)?|access|ak|sk|signature|cookie)`;
const HAN_NAMES = '密码|口令|密碼|密钥|秘钥|令牌|パスワード|비밀번호';
const ALONE = String.raw`(?<![\p{L}\d_])`;
const NAME = new RegExp(
  `${ALONE}(?:(?<short>${SHORT_NAMES})|${LONG_NAMES.join('|')})(?![\\p{L}\\d])|(?:${HAN_NAMES})|[${PASSWORD_STANDIN}]`,
  'giu',
);

const NAME_ALONE = new RegExp(`^(?:${SHORT_NAMES}|${LONG_NAMES.join('|')})$`, 'iu');

const HAN = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`;
const BETWEEN = String.raw`\s${HAN}，。；！？、（）【】《》${PLACEHOLDER}`;
/** Gaps between tokens, also in languages that write no blanks. */
const GAP = new RegExp(`[${BETWEEN}]+`, 'uy');
const TOKEN = new RegExp(`[^：${BETWEEN}]+`, 'uy');
/** Signs by which a value is assigned, and what may stand before them: the end of a quote, of a tag. */
const SIGN = /(?:\\?["'`”’\])]*\s*(?:[-=]+>|:=|=+|[:：＝→>|]|%3[AaDd])\s*)+/uy;
const OPENING = /[,;\s]*\\*["'`“‘「『([{<]/uy;
const CLOSING: Readonly<Record<string, string>> = {
  '“': '”',
  '‘': '’',
  '「': '」',
  '『': '』',
  '(': ')',
  '[': ']',
  '{': '}',
  '<': '>',
};
/** Words after which the value comes. */
const IS = /^(?:is|was|were|are|to|as|be|used|tried|sent|got|it|ist|es|est|был|=|:)$/i;
const LINK = /^(?:is|was|has|been|now|set|changed|to|the|a)$/i;
/** A pair with another name. Its value is not a password, but may be personal. */
const PAIR =
  /^(host(?:name)?|port|db|database|user(?:name)?|addr(?:ess)?|ip|timeout|status|node|slot|region|instance|ssl|tls|err(?:or)?|code|reason)[=:](.*)$/i;
/** A pair with a secret, as one token. */
const SECRET_PAIR = /^([\w.-]{0,60}(?:passw(?:or)?d|pwd|pass|auth|token|secret)\w{0,20})[=:](.+)$/i;
/** Tokens after which a text no longer concerns the password. */
const REACH = 24;

/** Characters of ids and times, which cannot form a word that announces a secret. */
const WORDLESS = /^(?:[\da-fA-F-]+|[\dTZ/:. +-]+)$/;

/**
 * Cuts possible passwords and other secrets behind a word that announces one: assigned, quoted, bare, or later in the
 * sentence. In doubt it cuts: near such a word only the vocabulary of error texts stays.
 */
export function withoutPasswords(text: string): string {
  if (WORDLESS.test(text)) return text;
  let cut = '';
  let from = 0;
  NAME.lastIndex = 0;
  for (let name = NAME.exec(text); name !== null; name = NAME.exec(text)) {
    const end = name.index + name[0].length;
    const tail = name.groups?.['short'] === undefined ? cutNear(text, end) : cutNext(text, end);
    cut += text.slice(from, end) + tail.output;
    from = tail.end;
    NAME.lastIndex = Math.max(from, end);
  }
  return collapsed(cut + text.slice(from));
}

/** Whether a word alone announces a password: `masterauth`, `source.password`. */
export function announcesPassword(word: string): boolean {
  return NAME_ALONE.test(word);
}

interface Tail {
  readonly output: string;
  /** Its end in the text. */
  readonly end: number;
}

function at(form: RegExp, text: string, position: number): string {
  form.lastIndex = position;
  return form.exec(text)?.[0] ?? '';
}

/** Cuts the value behind a name whose value follows at once, up to a comma. */
function cutNext(text: string, start: number): Tail {
  let end = start + at(SIGN, text, start).length;
  const isAssigned = end > start;
  for (let links = 0; links < 5; links += 1) {
    const gap = at(GAP, text, end).length;
    if (!isAssigned && links === 0 && gap === 0) return { output: '', end: start };
    const quoted = at(/\\*["'“‘]/uy, text, end + gap);
    if (quoted !== '') {
      const close = closingOf(text, end + gap, quoted);
      return { output: text.slice(start, end + gap) + MASK, end: close };
    }
    const token = at(/[^\s,;|&)\]}]+/uy, text, end + gap);
    const isLink = LINK.test(token) && !isAssigned;
    if (isLink) {
      end += gap + token.length;
      continue;
    }
    const isKept = token === '' || (!isAssigned && (isPlainWord(coreOf(token)) || isFact(coreOf(token))));
    if (isKept) return { output: '', end: start };
    return { output: text.slice(start, end + gap) + masked(token), end: end + gap + token.length };
  }
  return { output: '', end: start };
}

/**
 * The announcement of the next token: none, weak (a word such as `is`, or a colon), or strong (a sign before a value).
 */
type Announced = 'no' | 'weakly' | 'strongly';

/** The state of reading a text from a word on that announces a password. */
interface Scan {
  readonly text: string;
  position: number;
  /** The text so far, with masks for cut parts. */
  output: string;
  tokens: number;
  announced: Announced;
  /** The next token may be the value itself. */
  isFirst: boolean;
  /** Whether the sentence still concerns the password. */
  isNear: boolean;
}

/** Cuts possible values in the rest of the sentence, and anything like a password in the sentences after it. */
function cutNear(text: string, start: number): Tail {
  const scan: Scan = {
    text,
    position: start,
    output: '',
    tokens: 0,
    announced: 'no',
    isFirst: true,
    isNear: true,
  };
  while (scan.position < text.length) {
    if (!passSign(scan) && !passGap(scan) && !cutQuoted(scan) && !cutToken(scan)) pass(scan, 1);
  }
  return { output: scan.output, end: scan.position };
}

function pass(scan: Scan, length: number): void {
  scan.output += scan.text.slice(scan.position, scan.position + length);
  scan.position += length;
}

function passSign(scan: Scan): boolean {
  const sign = at(SIGN, scan.text, scan.position);
  if (sign === '') return false;
  pass(scan, sign.length);
  scan.announced = /^[\s"'`”’\\\])]*[:：|]\s*$/u.test(sign) ? 'weakly' : 'strongly';
  return true;
}

function passGap(scan: Scan): boolean {
  const gap = at(GAP, scan.text, scan.position);
  if (gap === '') return false;
  pass(scan, gap.length);
  if (/[为是]\s*$/u.test(gap)) scan.announced = 'weakly';
  if (/[。！]/u.test(gap)) scan.isNear = false;
  return true;
}

function cutQuoted(scan: Scan): boolean {
  const { text, position, announced, isNear } = scan;
  const opening = isNear ? at(OPENING, text, position) : '';
  if (opening === '') return false;
  const end = closingOf(text, position, opening);
  const inside = text.slice(position + opening.length, end);
  const isHarmless =
    announced === 'no' && inside.split(/[\s,]+/).every((word) => isHarmlessWord(coreOf(word)));
  scan.output += isHarmless ? text.slice(position, end) : opening.replace(/\\*.$/u, '') + masked(inside);
  scan.position = end;
  scan.announced = 'no';
  scan.isFirst = false;
  return true;
}

function cutToken(scan: Scan): boolean {
  const { text, announced, isFirst, isNear } = scan;
  const token = at(TOKEN, text, scan.position);
  if (token === '') return false;
  scan.position += token.length;
  scan.tokens += 1;
  const core = coreOf(token);
  const isLast = /^[\s.!?"')\]]*$/.test(text.slice(scan.position, scan.position + 40));
  const isCut = isNear ? isCutNear(core, announced, isFirst, isLast) : isCutFar(core, announced);
  scan.output += isCut ? withPunctuation(token, core) : token;
  // A value follows behind another announcing word, or behind a name that was cut (`AUTH user password`).
  scan.isFirst = announcesPassword(core) || (isFirst && isCut);
  scan.announced = announcedBy(token, core);
  if (scan.tokens >= REACH || (/[.!?]["')\]]*$/.test(token) && !isCut)) scan.isNear = false;
  if (scan.isFirst && !isCut) scan.isNear = true;
  return true;
}

function isCutNear(core: string, announced: Announced, isFirst: boolean, isLast: boolean): boolean {
  if (core === '' || core === MASK) return false;
  if (announced === 'strongly') return true;
  if (!isHarmlessWord(core) || (isHostName(core) && (isFirst || announced !== 'no'))) return true;
  return (
    (announced === 'weakly' &&
      (isUsualPassword(core) || (isLast && announced === 'weakly' && !isState(core)))) ||
    (isFirst && isUsualPassword(core) && /^(?:default|admin|root)$/i.test(core))
  );
}

/** Whether a token looks like a host name, as a password with a dot may. */
function isHostName(core: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+$/.test(core) && /[a-z]/i.test(core) && !isPlainWord(core);
}

/** Whether a word describes a password instead of being one. */
function isState(core: string): boolean {
  return /^(?:wrong|incorrect|invalid|required|empty|missing|expired|failed|rejected|refused|denied|correct|set|unknown|needed|weak|disabled|enabled|null|none|changed|updated|encrypted|renewed|mismatch|fail|error|too|not|used|valid)$/i.test(
    core,
  );
}

function isCutFar(core: string, announced: Announced): boolean {
  if (core === '' || core === MASK || isHarmlessWord(core)) return false;
  if (announced !== 'no') return true;
  return looksLikePassword(core);
}

function looksLikePassword(core: string): boolean {
  return core.length >= 5 && ((/\d/.test(core) && /[a-z]/i.test(core)) || /[!#$%^*~&]/.test(core));
}

function announcedBy(token: string, core: string): Announced {
  if (/=$/.test(token)) return 'strongly';
  return /:$/.test(token) || IS.test(core) ? 'weakly' : 'no';
}

function isHarmlessWord(core: string): boolean {
  if (SECRET_PAIR.test(core)) return false;
  if (core.length <= 1 || core === MASK || isPlainWord(core) || isFact(core)) return true;
  const [, , value = 'unfit'] = PAIR.exec(core) ?? [];
  return value === '' || isPlainWord(value) || isFact(value);
}

/** A token without the punctuation around it. */
function coreOf(token: string): string {
  return token.replace(/^[-–—,;.("'`[{<]+/u, '').replace(/[,;:.!?"'`)\]}>=…]+$/u, '');
}

/** The mask keeps the name of a pair and the punctuation that ends the clause. */
function withPunctuation(token: string, core: string): string {
  const [, name] = PAIR.exec(core) ?? SECRET_PAIR.exec(core) ?? [];
  const end = /[,;.]$/.exec(token)?.[0] ?? '';
  return (name === undefined ? masked(token) : `${name}=${masked(token)}`) + end;
}

/** The end of an opened quote or bracket; the end of the text if it is never closed. */
function closingOf(text: string, position: number, opening: string): number {
  const sign = opening.at(-1) ?? '';
  const close =
    opening
      .trimStart()
      .replace(/^[,;\s]+/, '')
      .replace(/.$/u, '') + (CLOSING[sign] ?? sign);
  const end = text.indexOf(close, position + opening.length);
  return end < 0 ? text.length : end + close.length;
}

function collapsed(text: string): string {
  return text.replace(/\*{3}(?:[\s,;]+\*{3})+(?!\*)/g, MASK);
}

const SOME_PASSWORD = String.raw`(?:\w*passw(?:or)?d|passphrase|pwd|secret|token|auth key|password)`;
const ITS = String.raw`(?:(?:not|the|a|an|my|your|our|their|its|right|wrong|correct|valid|invalid|incorrect|old|new|current|default|same|redis|root|admin|source|target|master)\s+){0,5}`;

/** Forms with the password before the word that announces it. */
const BEFORE: readonly RegExp[] = [
  // "hunter2 is not the password", "used hunter2 as the password"
  new RegExp(`()(?<!\\S)(\\S{1,200})(\\s+(?:is|was|as|for|be|are)\\s+${ITS}${SOME_PASSWORD}\\b)`, 'gi'),
  // "hunter2, the password", "hunter2 (the password)", "hunter2 (password)"
  new RegExp(
    `()(?<!\\S)(\\S{1,200}?)(\\s*[(,;–—-]+\\s*(?:the|my|your|our|its)\\s+${ITS}${SOME_PASSWORD}\\b)`,
    'gi',
  ),
  new RegExp(`()(?<!\\S)(\\S{1,200})(\\s*[([]\\s*${ITS}${SOME_PASSWORD}\\s*[)\\]])`, 'gi'),
  // "hunter2 was rejected as the password"
  new RegExp(
    `()(?<!\\S)(\\S{1,200})(\\s+(?:(?:was|is|rejected|refused|used|accepted|sent|given|tried|not|taken)\\s+){1,3}as\\s+${ITS}${SOME_PASSWORD}\\b)`,
    'gi',
  ),
  /()([!-~]{1,200})(\s*(?:不?是|为|作为|不是)[^!-~]{0,8}(?:密码|口令))/gu,
];
/** "hunter2: wrong password". That place often holds the name of an instance. */
const BLAMED = new RegExp(
  `(?<!\\S)(\\S{1,200}?)(:\\s+(?:bad|wrong|invalid|incorrect)\\s+${SOME_PASSWORD}\\b)`,
  'gi',
);
/** `host:6379:hunter2`, in a text about a password. */
const HOST_PORT_PASSWORD = /((?<!\S)(?=[^\s:]*[a-z.])[\w.-]{1,200}:\d{2,5}:)([^\s:*][^\s:]*)(?=\s|$)/gi;
/** "tried hunter2", in a text about a password. */
const HANDED =
  /\b(with|expected|using|use|used|uses|tried|trying|try|sent|sending|got|received|gave|given|entered|provided|supplied|typed|log(?:in|ged in|ging in) as)(\s+(?:the\s+|a\s+)?["'“]?)([^\s"'”]{1,200})/gi;

/** Cuts passwords before the word that announces them: "hunter2 is not the right password". */
export function withoutPasswordsBefore(text: string): string {
  let cut = text;
  for (const form of BEFORE) {
    cut = cut.replace(form, (whole: string, before: string, token: string, after: string) =>
      isNoPassword(token) ? whole : `${before}${masked(token)}${after}`,
    );
  }
  cut = cut.replace(BLAMED, (whole: string, token: string, after: string) =>
    isNoPassword(token) || !looksLikePassword(coreOf(token)) ? whole : masked(token) + after,
  );
  NAME.lastIndex = 0;
  if (!NAME.test(cut)) return cut;
  cut = cut.replace(
    HOST_PORT_PASSWORD,
    (_whole: string, place: string, value: string) => place + masked(value),
  );
  return cut.replace(HANDED, (whole: string, word: string, gap: string, token: string) =>
    isNoPassword(token) ? whole : `${word}${gap}${masked(token)}`,
  );
}

function isNoPassword(token: string): boolean {
  const core = coreOf(token);
  const isClass = /(?:Exception|Error)$/.test(core);
  return isClass || isHarmlessWord(core) || new RegExp(`[${PLACEHOLDER}]`).test(core);
}
