/**
 * How something that was checked is: `problem` (it keeps the watcher from its work, or will) · `warning` (look at it) ·
 * `unchecked` (nobody can know before something else is mended, or it was not asked for).
 */
export type FindingOutcome = 'ok' | 'problem' | 'warning' | 'unchecked';

/** One thing that was checked. Holds no secret. */
export interface Finding {
  /** In a word or two: `key`, `list tasks`, `TLS`. */
  readonly what: string;
  readonly outcome: FindingOutcome;
  /** The facts, as one line. */
  readonly words: string;
  /** The remedy; always there for a problem. */
  readonly advice?: string;
}

/** Everything that was found out about one place. */
export interface CheckupSection {
  readonly kind: 'configuration' | 'project' | 'channel' | 'heartbeat' | 'state';
  /** The name of the project or channel, the file, where the state is. */
  readonly name: string;
  readonly findings: readonly Finding[];
}

export function ok(what: string, words: string): Finding {
  return { what, outcome: 'ok', words };
}

export function unchecked(what: string, words: string): Finding {
  return { what, outcome: 'unchecked', words };
}

export function problem(what: string, { words, advice }: Explanation): Finding {
  return { what, outcome: 'problem', words, advice };
}

export function warning(what: string, { words, advice }: Explanation): Finding {
  return { what, outcome: 'warning', words, advice };
}

/** Why something was not checked whose turn never came. */
export const LATER = 'known once the problem above is solved';

/** Facts, and what to do about them. */
export interface Explanation {
  readonly words: string;
  readonly advice: string;
}

/**
 * Takes a line apart that has the facts and, behind a mark, what to do, as all errors of this program have.
 *
 * @param otherwise the advice of a line that has none
 */
export function explained(line: string, mark: RegExp, otherwise: string): Explanation {
  const all = line.replace(PERMIT, '; $1');
  const [guess = '', meant = ''] = GUESS.exec(all) ?? [];
  if (meant !== '') return { words: withoutStop(all.slice(guess.length)), advice: sentence(meant) };
  const found = mark.exec(all);
  if (found === null) return { words: withoutStop(all), advice: otherwise };
  return { words: all.slice(0, found.index), advice: sentence(all.slice(found.index + found[0].length)) };
}

/** The mark of most errors. */
export const SEMICOLON = /; /;
/** Some begin with what to do. */
const GUESS = /^(did you mean [^?]{1,100}\?) /;
/** Some have it in brackets. */
const PERMIT = / \((set allowInsecure: true[^)]*)\)$/;

function withoutStop(line: string): string {
  return line.endsWith('.') ? line.slice(0, -1) : line;
}

/** With a capital, and a full stop where it has no other end. */
export function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.?!…]$/.test(first) ? first : `${first}.`;
}
