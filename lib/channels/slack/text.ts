import { oneLine } from '../../base/text.ts';

/**
 * Slack's control characters "must be converted to HTML entities" in every text object (Formatting message text,
 * "Escaping text"): without them there is no mention and no link.
 */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/**
 * Foreign text as Slack shows it character by character: one line, escaped, and if need be cut at a character's border.
 *
 * @param max the most UTF-16 units of the result, entities and the `…` of a cut included
 */
export function shown(text: string, max: number): string {
  let fitted = '';
  let cutAt = 0;
  for (const character of oneLine(text)) {
    const escaped = ENTITIES.get(character) ?? character;
    if (fitted.length + escaped.length > max) return `${fitted.slice(0, cutAt)}…`;
    fitted += escaped;
    if (fitted.length < max) cutAt = fitted.length;
  }
  return fitted;
}

/** Slack refuses texts without a character. */
export function isSaid(text: string | undefined): text is string {
  return text !== undefined && oneLine(text) !== '';
}

/** Undoes the escaping of {@link shown}. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * As many lines as have room, from the first on.
 *
 * @param max the most characters of all lines together, with the ends of lines
 */
export function withinRoom(lines: readonly string[], max: number): readonly string[] {
  let characters = 0;
  const tooMany = lines.findIndex((line) => {
    characters += line.length + 1;
    return characters > max;
  });
  return tooMany === -1 ? lines : lines.slice(0, tooMany);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A span of time in at most two units that stand next to each other: `2 h 5 min`, `3 d`, `45 s`.
 *
 * @param ms milliseconds; a negative span is none
 */
export function duration(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1000));
  const first = UNITS.findIndex(([, seconds]) => left >= seconds);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** The time between two moments (ISO 8601) in words. */
export function between(from: string, to: string): string {
  return duration(Date.parse(to) - Date.parse(from));
}

/** A moment (ISO 8601, UTC) for people: `2026-01-05 02:12 UTC`. */
export function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** Above this, hundredths are noise. */
const LARGE = 1e12;

/** A number, to hundredths, with marks between its thousands: `1,234,567.89`. */
export function figure(value: number): string {
  const rounded = Math.abs(value) < LARGE ? Math.round(value * 100) / 100 : value;
  const [whole = '', ...fraction] = String(rounded).split('.');
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

const BAR_LENGTH = 10;

/** `▓▓▓▓▓░░░░░ 50 %`. A bar is full only when nothing is left. */
export function bar(percent: number): string {
  const part = Math.min(BAR_LENGTH, Math.max(0, Math.floor((percent / 100) * BAR_LENGTH)));
  return `${'▓'.repeat(part)}${'░'.repeat(BAR_LENGTH - part)} ${figure(percent)} %`;
}
