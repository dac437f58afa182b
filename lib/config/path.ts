/** A way from the top of the configuration to one of its values. */
export type Path = readonly (string | number)[];

/** Keys that may be repeated in a message: too short and too plain to carry much, if they stand in a wrong place. */
const PLAIN_WORD = /^[\w.-]{1,40}$/;

/**
 * A path as people read it. A key that is no plain word is masked: somebody may have written a whole header there.
 *
 * @example
 * pathText(['projects', 0, 'id']); // 'projects[0].id'
 */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = PLAIN_WORD.test(step) ? step : '(key)';
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** Whether a text is a template over events: it stands in the body of a channel and has the marks of one. */
export function isTemplate(path: Path, text: string): boolean {
  return isInBody(path) && /\{[{%]/.test(text);
}

/** Whether a value is part of the body of a channel, whose names are the receiver's. */
export function isInBody([section, , setting]: Path): boolean {
  return section === 'channels' && setting === 'body';
}
