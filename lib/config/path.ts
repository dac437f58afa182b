/** The path from the top of the configuration to a value. */
export type Path = readonly (string | number)[];

/** Keys that messages may repeat. They are short and plain, so that even a misplaced secret shows little. */
const PLAIN_WORD = /^[\w.-]{1,40}$/;

/**
 * Writes a path for people. A key that is not a plain word is masked, because it may be a whole header by mistake.
 *
 * @example pathText(['projects', 0, 'id']); // 'projects[0].id'
 */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = PLAIN_WORD.test(step) ? step : '(key)';
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** Whether a text in the body of a channel has the marks of a template. */
export function isTemplate(path: Path, text: string): boolean {
  return isInBody(path) && /\{[{%]/.test(text);
}

/** Whether a value is part of the body of a channel, whose names are the receiver's. */
export function isInBody([section, , setting]: Path): boolean {
  return section === 'channels' && setting === 'body';
}
