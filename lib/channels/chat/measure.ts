const ENCODER = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return ENCODER.encode(text).length;
}

/** The bytes of a text within JSON in UTF-8, without its quotes. */
export function jsonBytesOf(text: string): number {
  return bytesOf(JSON.stringify(text)) - 2;
}
