/** Throws unless a text is one well-formed line, not empty, of at most so many characters. */
export function assertOneLine(text: string, most: number): void {
  if (text === '' || [...text].length > most) throw new Error('out of bounds');
  if (!text.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text)) {
    throw new Error('not one well-formed line');
  }
}

/** Throws unless every field is on the list and one well-formed line of at most as many characters as stand there. */
export function assertWithin(most: Readonly<Record<string, number>>, fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    const bound = Object.hasOwn(most, name) ? most[name] : undefined;
    if (bound === undefined || typeof value !== 'string') throw new Error(`${name} is not on the list`);
    assertOneLine(value, bound);
  }
}

/** What is kept of an instance: [field, most characters]. An address may be made of a host and a port. */
export const INSTANCE_BOUNDS: Readonly<Record<string, number>> = { id: 256, name: 256, address: 1024 };
